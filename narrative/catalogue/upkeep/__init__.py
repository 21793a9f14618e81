"""What those who keep the catalogue use: files of entries read and checked, entries searched, and gaps found."""

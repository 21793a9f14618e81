"""Who and what the media talk about: entries with validity dates, as data, and the narrative taxonomy."""

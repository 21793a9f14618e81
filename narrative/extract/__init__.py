"""Page → article: text, title, dates, outlet, boilerplate as the page shows it."""

import outlets


def test_the_page_shows_the_registry_that_ships() -> None:
    page = outlets.PAGE.read_text("utf-8")
    assert page == outlets.with_table(page), "run `python scripts/outlets.py`"
    assert "| [CoinDesk](https://www.coindesk.com/) | `coindesk` |" in page

from __future__ import annotations

from readers import read

from narrative.records import Entity


def mention(text: str, word: str, kind: str = "ASSET", after: int = 0) -> Entity:
    start = text.index(word, after)
    return Entity(start=start, end=start + len(word), text=word, type=kind, name=word, score=1)


def test_tone_is_the_mean_of_the_sentences_that_mention_the_target() -> None:
    text = "Bitcoin surged to a record high. Solana crashed. Bitcoin and crypto fell."
    entities = (mention(text, "Bitcoin"), mention(text, "Solana"), mention(text, "Bitcoin", after=20))
    bitcoin, solana = read(text, entities=entities)._.targets
    sentences = read(text)._.sentences
    assert (bitcoin.name, bitcoin.mentions) == ("Bitcoin", 2)
    assert abs(bitcoin.score - (sentences[0].crypto.score + sentences[2].crypto.score) / 2) < 1e-3
    assert (solana.label, solana.mentions) == (-1, 1)


def test_people_and_places_are_no_targets() -> None:
    text = "Ann Example said Bitcoin fell in Lisbon."
    entities = (mention(text, "Ann Example", "PERSON"), mention(text, "Lisbon", "PLACE"))
    assert read(text, entities=entities)._.targets == ()


def test_a_mention_in_boilerplate_does_not_count() -> None:
    text = "Bitcoin fell. Ether rose.\nFeatured image from Acme, chart from TradingView.com"
    assert read(text, entities=(mention(text, "Acme", "COMPANY"),))._.targets == ()

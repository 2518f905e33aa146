"""What is told of a sentence that encoders have read."""

from app.model.token_reading import EncoderReading, Reading

TEXT = "a castle by the blue sea"
WORDS = ((0, 1), (2, 8), (9, 11), (12, 15), (16, 20), (21, 24))
MARK = (0, 0)


def reading(clip: int, t5: int) -> Reading:
    return Reading(
        TEXT, (EncoderReading("CLIP", clip, 0, (MARK, *WORDS, MARK)), EncoderReading("T5", t5, clip, (*WORDS, MARK)))
    )


def test_a_sentence_that_fits() -> None:
    read = reading(8, 7)
    assert read.fullness == "CLIP 8 of 8, T5 7 of 7"
    assert (read.unread, read.warning) == (None, "")
    assert read.told_of(16, 24) == "Steers CLIP columns 5–6 and T5 columns 12–13.\nCLIP 8 of 8, T5 7 of 7 tokens taken."
    assert "Steers CLIP column 2 and T5 column 9." in read.told_of(2, 8)


def test_words_that_one_encoder_cuts_are_told() -> None:
    read = reading(6, 7)
    assert read.unread is None
    assert read.warning == "“blue sea” falls off the end of CLIP; only T5 reads it."
    assert read.told_of(12, 20).splitlines()[:2] == [
        "Steers CLIP column 4 and T5 columns 9–10.",
        "CLIP does not read to its end.",
    ]


def test_words_that_every_encoder_cuts_are_told_and_marked() -> None:
    read = reading(6, 6)
    assert read.unread is not None
    assert TEXT[slice(*read.unread)] == "sea"
    assert read.warning == "No encoder reads as far as “sea”. Shorten the sentence."
    assert read.told_of(21, 24).startswith("Steers nothing: no encoder reads these words.")


def test_many_lost_words_are_told_in_few() -> None:
    text = "word " * 40
    spans = tuple((5 * word, 5 * word + 4) for word in range(40))
    read = Reading(text, (EncoderReading("T5", 4, 0, (*spans, MARK)),))
    assert read.unread == (15, 199)
    assert "…" in read.warning
    assert len(read.warning) < 120

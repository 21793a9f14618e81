"""Save the pipeline to models/narrative_en, so that `spacy.load(narrative.pipeline_path())` opens it anywhere."""

from narrative.pipeline.load import build
from narrative.resources import pipeline_path

if __name__ == "__main__":
    build().to_disk(pipeline_path())
    print(pipeline_path())

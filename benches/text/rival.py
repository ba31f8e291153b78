"""The rival: TF-IDF of character n-grams and LinearSVC of scikit-learn, on the same folds as the example `text_figures`.

    python rival.py labelled.jsonl [largest n]

Prints one line of JSON. Letters with equal titles are in one fold: the fold is FNV-1a (64 bits) of the trimmed title, modulo 5.
"""

import json
import resource
import sys
import time

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score, f1_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

FOLDS = 5


def fold(title):
    digest = 0xCBF29CE484222325
    for byte in title.strip().encode():
        digest = (digest ^ byte) * 0x100000001B3 % 2**64
    return digest % FOLDS


def main():
    largest = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with open(sys.argv[1], encoding="utf-8") as file:
        letters = [json.loads(line) for line in file]
    # The title twice: it counts more than the text, here as there.
    texts = np.array([f"{x['title']} {x['title']} {x['text']}" for x in letters], dtype=object)
    truth = np.array([x["category"] for x in letters])
    folds = np.array([fold(x["title"]) for x in letters])
    guessed = np.empty_like(truth)
    training = predicting = 0.0
    for i in range(FOLDS):
        later = folds == i
        model = make_pipeline(
            TfidfVectorizer(analyzer="char", ngram_range=(1, largest), sublinear_tf=True, min_df=2, dtype=np.float32),
            LinearSVC(random_state=0),
        )
        begun = time.perf_counter()
        model.fit(texts[~later], truth[~later])
        trained = time.perf_counter()
        guessed[later] = model.predict(texts[later])
        training += trained - begun
        predicting += time.perf_counter() - trained
    print(
        json.dumps(
            {
                "method": f"scikit-learn, TF-IDF of characters 1-{largest}, LinearSVC",
                "letters": len(letters),
                "macro_f1": round(f1_score(truth, guessed, average="macro"), 4),
                "accuracy": round(accuracy_score(truth, guessed), 4),
                "train_seconds": round(training / FOLDS, 2),
                "letters_per_second": round(len(letters) / predicting),
                "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            }
        )
    )


if __name__ == "__main__":
    main()

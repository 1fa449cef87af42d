#!/usr/bin/env python3
"""Writes samples/: request bundles, their expected answers, the provider roster and the table.

  tests/tools/make_samples.py            write what differs, remove sample bundles that no story makes
  tests/tools/make_samples.py --check    write nothing; exit 1 and name the files that differ

The same input gives the same bytes: no clock, no randomness. Each sample is one function in sample_parts/; the outcome
in its `expect` lines was worked out by hand from the policy, not by running the adapter.
"""

import sys
from pathlib import Path

from sample_parts import broken, criteria, people, rows_1_to_8, rows_9_to_14, tidewater
from sample_parts.story import to_json

FOLDER = Path(__file__).resolve().parents[2] / "samples"

README = """# Samples

Request bundles for Da Vinci PAS 2.2.1 against HUSKY's policy for ambulatory infusion pumps and the home oxygen policies
of Tidewater, an invented payer. Every person, provider and document is invented. They are in `bundles/`. `./dev run` submits all of them; one alone:

    curl -s -H 'Content-Type: application/fhir+json' --data-binary @samples/bundles/row-09-a1-deferoxamine-overload.json \\
      'http://127.0.0.1:8080/fhir/Claim/$submit'

A name says what it is for: `row-NN` is the row of the policy's decision table that answers it, `criterion-X` the clinical
criterion that certifies it, `multi-item` has several items, `broken` is refused; `tidewater` is for the second payer.

| sample | story | answer |
|---|---|---|
{rows}

In `expected.json`: for each sample the HTTP status and for each item the action (X12 306), the reason (X12 886) and the
row of the decision table; `policy` names the policy and revision where a payer has several; `asks` lists the LOINC codes of the information asked for, `automated` the answer under a
policy whose adverse determinations are automated, `issues` the places that the OperationOutcome of a refused request
names (that place or one below it).
`providers.csv` is the payer's roster: Howard Pell, who prescribes in one sample, is not in it, and the enrolment of
Celeste Marchetti ended. `Questionnaire-infusion-pump.json` is the form that the questionnaire
responses for pumps answer; it is HUSKY's own, which `GET /fhir/Questionnaire/infusion-pump` serves.

`tests/tools/make_samples.py` writes this folder. To change a sample, change its story there and run it;
`--check` says whether the folder is as the stories tell it.
"""


def answer(story):
    golden = story.golden()
    if golden["status"] != 200:
        count = len(golden["issues"])
        return f"{golden['status']}, {count} issue{'s' if count > 1 else ''}"
    return "; ".join(
        " ".join(filter(None, (item["action"], item["reason"], f"(row {item['row']})"))) for item in golden["items"]
    )


def build():
    makers = broken.SAMPLES + criteria.SAMPLES + rows_1_to_8.SAMPLES + rows_9_to_14.SAMPLES + tidewater.SAMPLES
    stories = sorted((make() for make in makers), key=lambda story: story.name)
    numbers = [story.number for story in stories]
    assert len(set(numbers)) == len(numbers), "two members with one number"
    files = {f"bundles/{story.name}.json": story.text() for story in stories}
    files["expected.json"] = to_json({f"{story.name}.json": story.golden() for story in stories})
    files["providers.csv"] = people.roster_csv()
    files["README.md"] = README.replace(
        "{rows}", "\n".join(f"| `{story.name}` | {story.summary} | {answer(story)} |" for story in stories)
    )
    return {name: text.encode("utf-8") for name, text in files.items()}


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    files = build()
    present = {str(path.relative_to(FOLDER)): path.read_bytes() for path in FOLDER.rglob("*")
               if path.is_file() and not path.is_symlink()}
    differing = sorted(name for name in files if present.get(name) != files[name])
    surplus = sorted(name for name in present if name not in files)
    if arguments:
        for name in differing + surplus:
            print(f"samples/{name} is not what make_samples.py writes", file=sys.stderr)
        return 1 if differing or surplus else 0
    (FOLDER / "bundles").mkdir(parents=True, exist_ok=True)
    for name in differing:
        (FOLDER / name).write_bytes(files[name])
    for name in surplus:
        (FOLDER / name).unlink()
    print(f"{len(files)} files: {len(differing)} written, {len(surplus)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

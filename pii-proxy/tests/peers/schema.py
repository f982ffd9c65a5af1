"""Holds files of TOML against a JSON Schema, and prints for each a line: its name and, where something is wrong, what and where."""

import datetime
import json
import pathlib
import sys
import tomllib

import jsonschema


def as_json(value):
    """JSON has no dates: editors hold them against the schema as they are written."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


schema = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for path in map(pathlib.Path, sys.argv[2:]):
    table = as_json(tomllib.loads(path.read_text(encoding="utf-8")))
    errors = ["%s: %s" % (error.json_path, error.message) for error in validator.iter_errors(table)]
    print(path.name, "; ".join(errors).replace("\n", " "), sep="\t")

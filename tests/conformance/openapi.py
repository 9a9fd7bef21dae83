"""Alpaca's published OpenAPI descriptions as JSON Schema, with the deviations that their own API shows."""
import json
import re
from dataclasses import dataclass
from datetime import datetime

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from harness import TESTDATA

DOCUMENTS = {"trading": "openapi-trading.json", "market-data": "openapi-market-data.json"}


FORMATS = FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def is_date_time(value):
    """RFC 3339 with up to 9 digits of a second; without a date-time validator installed the format would pass anything."""
    if not isinstance(value, str):
        return True
    pattern = r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)"
    whole = re.fullmatch(pattern, value)
    return bool(whole and datetime.fromisoformat(whole[1]))


@dataclass(frozen=True)
class Deviation:
    """One place where a schema is read differently from how it is written."""
    document: str
    place: str  # below components/schemas, by dots
    change: dict
    example: dict  # what Alpaca sends and the schema as written refuses
    reason: str


DEVIATIONS = [
    Deviation("trading", "Order.properties.expires_at", {"nullable": True},
              {"notional": None, "type": "market", "time_in_force": "day", "expires_at": None},
              "null for an order without an end of its own; alpaca-py types it as optional"),
    Deviation("trading", "AccountConfigurations.properties.max_options_trading_level", {"nullable": True, "enum": None},
              {"max_options_trading_level": None},
              "null until options are asked for (contract 2.2)"),
    Deviation("trading", "PortfolioHistory.properties.profit_loss_pct.items", {"nullable": True},
              {"timestamp": [1], "equity": [0], "profit_loss": [0], "profit_loss_pct": [None], "base_value": 0,
               "timeframe": "1D"},
              "null where the base is zero; alpaca-py types the items as optional"),
    Deviation("trading", "NonTradeActivities.properties.date", {"format": "date"}, {"date": "2026-01-02"},
              "a plain date in every published example and in the contract (2.7), not a date-time"),
    Deviation("trading", "PositionClosedReponse.properties.body", {"$ref": None},
              {"symbol": "A", "status": 403, "body": {"code": 40310000, "message": "m"}},
              "an order only when the row's status is 200, else an error (contract 2.3): the test looks at both"),
]


def changed(schemas, deviation):
    node = schemas
    for name in deviation.place.split("."):
        node = node[name]
    for key, value in deviation.change.items():
        assert key == "nullable" or key in node, f"{deviation.place} has no {key} any more: the deviation is out of date"
        if value is None:
            del node[key]
        else:
            node[key] = value


def json_schema(node):
    """OpenAPI 3.0 to JSON Schema: `nullable`, and the parts that are prose."""
    if isinstance(node, list):
        return [json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {k: json_schema(v) for k, v in node.items() if k not in ("nullable", "example", "examples", "x-examples")}
    if node.get("nullable") is not True:
        return out
    return {"anyOf": [out, {"type": "null"}]}


class Published:
    """Validates answers against the schemas of both documents."""

    def __init__(self, deviations=DEVIATIONS):
        self.documents = {}
        for name, file in DOCUMENTS.items():
            self.documents[name] = json.loads((TESTDATA / "alpaca" / file).read_text(encoding="utf-8"))
        for deviation in deviations:
            changed(self.documents[deviation.document]["components"]["schemas"], deviation)
        self.registry = Registry().with_resources(
            (f"urn:{name}", Resource(contents={"components": {"schemas": json_schema(d["components"]["schemas"])}},
                                     specification=DRAFT202012)) for name, d in self.documents.items())

    def answer(self, document, method, template, status):
        """The schema that the document gives for an answer, its references made absolute."""
        responses = self.documents[document]["paths"][template][method.lower()]["responses"]
        content = responses[str(status)]["content"]
        schema = json_schema(next(iter(content.values()))["schema"])
        return json.loads(json.dumps(schema).replace('"#/components', f'"urn:{document}#/components').replace(
            '"oneOf"', '"anyOf"'))  # activities: both kinds have only optional fields, so both always match

    def named(self, document, name):
        return {"$ref": f"urn:{document}#/components/schemas/{name}"}

    def problems(self, schema, value):
        validator = Draft202012Validator(schema, registry=self.registry, format_checker=FORMATS)
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]

"""Statements whose places contradict each other or are not known: code, statement, severity, pointer, words."""

from __future__ import annotations

from typing import Any

from rule_cases import statement

from greenalgo.findings import Severity

E, W = Severity.ERROR, Severity.WARNING

CASES: list[tuple[str, dict[str, Any], Severity, str, str]] = [
    (
        "GA410",
        statement({"location": {"country": "FRE"}}),
        E,
        "/runs/0/location/country",
        "no country has the code FRE",
    ),
    (
        "GA411",
        statement(
            {"location": {"country": "FRA", "provider": "aws", "provider_region": "us-east-1"}}
        ),
        E,
        "/runs/0/location/provider_region",
        "lies in USA",
    ),
    (
        "GA411",
        statement({"location": {"country": "FRA", "grid_zone": "DE"}}),
        E,
        "/runs/0/location/grid_zone",
        "DE lies in DEU, the country says FRA",
    ),
    (
        "GA411",
        statement(
            {"location": {"grid_zone": "DE", "provider": "aws", "provider_region": "us-east-1"}}
        ),
        E,
        "/runs/0/location/grid_zone",
        "the provider region says us-east-1, in USA",
    ),
    (
        "GA411",
        statement({"location": {"country": "DEU", "region": "California"}}),
        W,
        "/runs/0/location/region",
        "California lies in USA, the country says DEU",
    ),
    (
        "GA411",
        statement({"location": {"country": "NOR", "grid_zone": "ERCOT"}}),
        W,
        "/runs/0/location/grid_zone",
        "ERCOT lies in USA, the country says NOR",
    ),
    (
        "GA411",
        statement({"location": {"country": "DEU", "region": "US-CA"}}),
        E,
        "/runs/0/location/region",
        "US-CA lies in USA, the country says DEU",
    ),
    (
        "GA411",
        statement(
            {"location": {"region": "US-CA", "provider": "aws", "provider_region": "us-east-1"}}
        ),
        W,
        "/runs/0/location/region",
        "US-CA is California, the provider region us-east-1 lies in Virginia (US-VA)",
    ),
    (
        "GA411",
        statement(
            {
                "location": {
                    "country": "USA",
                    "grid_zone": "ERCOT",
                    "provider": "aws",
                    "provider_region": "us-east-1",
                }
            }
        ),
        W,
        "/runs/0/location/grid_zone",
        "the provider region us-east-1 lies in",
    ),
    (
        "GA411",
        statement({"location": {"country": "AUS", "region": "AU-NSW", "grid_zone": "AU-WA-SWIS"}}),
        W,
        "/runs/0/location/region",
        "the grid zone AU-WA-SWIS lies in Western Australia",
    ),
    (
        "GA428",
        statement(
            {"location": {"country": "USA", "provider": "aws", "provider_region": "us-est-1"}}
        ),
        W,
        "/runs/0/location/provider_region",
        "aws has no region 'us-est-1'",
    ),
    (
        "GA428",
        statement({"location": {"provider_region": "us-east-11"}}),
        W,
        "/runs/0/location/provider_region",
        "no provider that is known here has a region 'us-east-11'",
    ),
]

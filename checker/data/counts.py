"""All that is counted over records: one list of what is asked of a resource, one of what is asked of a flow."""

from __future__ import annotations

from collections.abc import Iterator

from checker.data.across import FLOW_CLAIMS, Both, of_flow
from checker.data.counted import Counted
from checker.data.mapped import MAPPED_CLAIMS, of_mapped
from checker.data.parallel import PARALLEL, parallel_edits
from checker.data.persons import PERSONAL_CLAIM, PRIVATE_CLAIM, personal_fields, private_customers
from checker.data.pricing import PRICING_CLAIMS, pricing
from checker.data.quality import QUALITY_CLAIMS, Sample, quality
from checker.data.volumes import VOLUME_CLAIMS, volumes

OF_RESOURCE = (*QUALITY_CLAIMS, *VOLUME_CLAIMS, *PRICING_CLAIMS, PRIVATE_CLAIM)
OF_FLOW = (*FLOW_CLAIMS, *MAPPED_CLAIMS, PARALLEL, PERSONAL_CLAIM)


def counts_of_resource(sample: Sample) -> Iterator[Counted]:
    """Every claim of `OF_RESOURCE`, once."""
    yield from quality(sample)
    yield from volumes(sample)
    yield from pricing(sample)
    yield private_customers(sample)


def counts_of_flow(both: Both, *, production: bool) -> Iterator[Counted]:
    """Every claim of `OF_FLOW`, once. `production`: both sides' records are production's own."""
    yield from of_flow(both)
    yield from of_mapped(both)
    yield parallel_edits(both, production=production)
    yield personal_fields(both.view)

"""Every metric against empyrical-reloaded, quantstats and ffn on the same series: the table is metric_peers.py."""
import math
import warnings

import empyrical
import ffn.core
import numpy
import pandas
import pytest
import quantstats.stats

from harness import call
from metric_peers import PEERS, WITHOUT_PEER
from metric_samples import RETURNS, Sample

RATES = (0.0, 0.03, -0.01)


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("series")
    return [Sample(name, rf, folder) for name in RETURNS for rf in RATES]


def undefined(value):
    """We say n/a for x/0 and for 0/0; of the libraries some give infinity."""
    return value is None or math.isnan(value) or math.isinf(value)


def same(a, b):
    if undefined(a) or undefined(b):
        return undefined(a) and undefined(b)
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def value_of(function, sample):
    with warnings.catch_warnings(), numpy.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return float(function(sample))


@pytest.mark.parametrize("peer", PEERS, ids=str)
def test_a_library_says_what_its_convention_makes_of_ours(peer, samples):
    used = [sample for sample in samples if peer.where(sample)]
    assert used
    wrong, different = [], False
    for sample in used:
        ours = sample.ours[peer.metric]
        said = value_of(peer.says, sample)
        wanted = ours if peer.predicted is None else value_of(peer.predicted, sample)
        if not same(said, wanted):
            wrong.append(f"{sample}: {said!r}, not {wanted!r}; ours is {ours!r}")
        different = different or not same(said, ours)
    assert not wrong, f"{peer.because}\n" + "\n".join(wrong)
    assert different == (peer.predicted is not None), f"never differs from ours, though: {peer.because}"


def test_every_metric_has_a_peer_or_none_exists(samples):
    compared = {peer.metric for peer in PEERS}
    assert compared | WITHOUT_PEER == set(samples[0].ours)
    assert not compared & WITHOUT_PEER


def metrics_of(folder, **columns):
    """What we say of one file of returns, and of another as its benchmark."""
    paths = []
    for name, values in columns.items():
        paths.append(folder / f"{name}.csv")
        values.to_csv(paths[-1], index_label="date")
    answer = call("metrics", "--returns", paths[0], "--benchmark", paths[1], "--json")
    assert answer.code == 0, answer.err
    return answer.json()["metrics"]


def test_returns_without_risk_have_a_sharpe_ratio_of_0_where_libraries_give_a_huge_one_or_none(tmp_path):
    dates = pandas.bdate_range("2024-01-01", periods=10)
    constant = pandas.Series([0.1] * 10, dates, name="r")
    ours = metrics_of(tmp_path, returns=constant, benchmark=constant.rename("b"))
    assert ours["volatility"] == ours["sharpe_ratio"] == ours["sharpe"] == 0
    assert ours["beta"] is None
    assert constant.std() > 0 and quantstats.stats.sharpe(constant) > 1e15
    assert math.isinf(empyrical.sharpe_ratio(constant))
    assert math.isnan(ffn.core.calc_sharpe(constant, nperiods=252))


def test_nothing_gained_and_nothing_lost_is_no_number_where_quantstats_says_0(tmp_path):
    flat = pandas.Series([0.0] * 30, pandas.bdate_range("2024-01-01", periods=30), name="r")
    ours = metrics_of(tmp_path, returns=flat, benchmark=flat.rename("b"))
    assert ours["profit_factor"] is None and ours["beta"] is None
    assert quantstats.stats.profit_factor(flat) == 0
    assert quantstats.stats.greeks(flat, flat)["beta"] == 0
    assert math.isnan(empyrical.beta(flat, flat))


def test_dates_that_the_benchmark_lacks_are_left_out_where_quantstats_invents_a_return(samples, tmp_path):
    sample = next(s for s in samples if s.name == "normal")
    gaps = sample.b.drop(sample.b.index[5::5])
    ours = metrics_of(tmp_path, returns=sample.r, benchmark=gaps)
    assert ours["beta"] == pytest.approx(empyrical.beta(sample.r, gaps), rel=1e-9)
    both = sample.r[gaps.index]
    assert ours["beta"] == pytest.approx(both.cov(gaps) / gaps.var(), rel=1e-9)
    assert abs(quantstats.stats.greeks(sample.r, gaps)["beta"] / ours["beta"] - 1) > 0.05


def test_our_own_column_is_the_same_with_any_benchmark(samples, tmp_path):
    sample = next(s for s in samples if s.name == "crash" and s.rf == 0)
    other = metrics_of(tmp_path, returns=sample.r, benchmark=sample.b.iloc[100:400])
    alone = call("metrics", "--returns", tmp_path / "returns.csv", "--json").json()["metrics"]
    mine = {name for name, value in alone.items() if value is not None}
    assert len(mine) > 60
    assert {name: other[name] for name in mine} == {name: alone[name] for name in mine}

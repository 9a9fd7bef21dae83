// Metrics against the benchmark.
#include "analytics/metrics.h"

#include <array>
#include <cmath>

namespace signalbus::analytics {
namespace {

using enum MetricGroup;
using enum MetricUnit;
using enum Scale;

double root(const Facts& f) { return std::sqrt(f.conventions.periods_per_year); }
double annual_rf(const Facts& f) { return f.annual(f.rf); }
double share(std::size_t part, std::size_t all) {
  return ratio(static_cast<long double>(part), static_cast<long double>(all));
}
double cagr_ours(const Facts& f) {
  return compound_growth(f.relative->growth_ours, f.relative->count(),
                         f.conventions.periods_per_year);
}
double cagr_theirs(const Facts& f) {
  return compound_growth(f.relative->growth_theirs, f.relative->count(),
                         f.conventions.periods_per_year);
}

const std::array kMetrics = {
    Metric{"beta", "Beta", kRelative, kRatio, kPlain, 2,
           "sum((r-mean r)(b-mean b))/sum((b-mean b)^2)", "On dates that both have.",
           "quantstats invents returns for dates that the benchmark lacks",
           [](const Facts& f) -> double { return f.relative->beta(); }},
    Metric{
        "alpha", "Alpha per year", kRelative, kFraction, kAnnual, 2,
        "A*(mean(r) - rf/A - beta*(mean(b) - rf/A))", "Arithmetic.",
        "empyrical compounds it; quantstats ignores rf; PerformanceAnalytics gives it per period",
        [](const Facts& f) -> double { return f.annual(f.relative->alpha_per_period(f.rf)); }},
    Metric{"jensen_alpha", "Alpha per year, geometric", kRelative, kFraction, kAnnual, 2,
           "cagr - rf - beta*(cagr_b - rf)", "", "PerformanceAnalytics' definition",
           [](const Facts& f) -> double {
             return cagr_ours(f) - annual_rf(f) -
                    f.relative->beta() * (cagr_theirs(f) - annual_rf(f));
           }},
    Metric{"correlation", "Correlation", kRelative, kRatio, kPlain, 2, "corr(r, b)", "", "",
           [](const Facts& f) -> double { return f.relative->correlation(); }},
    Metric{"r_squared", "R squared", kRelative, kRatio, kPlain, 2, "corr(r, b)^2", "", "",
           [](const Facts& f) -> double {
             return f.relative->correlation() * f.relative->correlation();
           }},
    Metric{"active_return", "Active return", kRelative, kFraction, kAnnual, 1,
           "(mean(r) - mean(b))*A", "Arithmetic.", "",
           [](const Facts& f) -> double {
             return f.annual(static_cast<double>(f.relative->active.mean));
           }},
    Metric{"active_premium", "Active premium", kRelative, kFraction, kAnnual, 1, "cagr - cagr_b",
           "Geometric.", "PerformanceAnalytics' default",
           [](const Facts& f) -> double { return cagr_ours(f) - cagr_theirs(f); }},
    Metric{"tracking_error", "Tracking error", kRelative, kFraction, kAnnual, 2,
           "std(r-b)*sqrt(A), ddof 1", "", "",
           [](const Facts& f) -> double { return sample_stdev(f.relative->active) * root(f); }},
    Metric{
        "information_ratio", "Information ratio", kRelative, kRatio, kAnnual, 2,
        "(mean(r) - mean(b))*A/tracking_error", "Annualised.",
        "empyrical, quantstats and ffn do not annualise; PerformanceAnalytics takes active_premium",
        [](const Facts& f) -> double {
          return ratio(f.relative->active.mean, sample_stdev(f.relative->active)) * root(f);
        }},
    Metric{"treynor", "Treynor ratio", kRelative, kRatio, kAnnual, 2, "(mean(r) - rf/A)*A/beta", "",
           "quantstats: total return; PerformanceAnalytics: geometric",
           [](const Facts& f) -> double {
             return ratio(f.annual(static_cast<double>(f.relative->ours.mean) - f.rf),
                          f.relative->beta());
           }},
    Metric{"m_squared", "M squared", kRelative, kFraction, kAnnual, 2, "sharpe*std(b)*sqrt(A) + rf",
           "Return at the benchmark's risk; ddof 1.", "PerformanceAnalytics: geometric, ddof 0",
           [](const Facts& f) -> double {
             return sharpe(f.relative->ours, f.rf) * root(f) * sample_stdev(f.relative->theirs) *
                        root(f) +
                    annual_rf(f);
           }},
    Metric{"appraisal_ratio", "Appraisal ratio", kRelative, kRatio, kAnnual, 3,
           "alpha/(std(r - alpha - beta*b)*sqrt(A)), ddof 1", "",
           "PerformanceAnalytics: jensen_alpha, ddof 0",
           [](const Facts& f) -> double {
             return ratio(f.annual(f.relative->alpha_per_period(f.rf)),
                          std::sqrt(f.relative->residual_variance(1)) * root(f));
           }},
    Metric{"up_capture", "Up capture", kRelative, kRatio, kPlain, 1,
           "prod(1+r | b>0) - 1 over the same of b", "Cumulative.",
           "empyrical annualises each side",
           [](const Facts& f) -> double { return f.relative->up.capture(); }},
    Metric{"down_capture", "Down capture", kRelative, kRatio, kPlain, 1,
           "prod(1+r | b<0) - 1 over the same of b", "Cumulative; below 1 is good.",
           "PerformanceAnalytics counts b = 0 as down",
           [](const Facts& f) -> double { return f.relative->down.capture(); }},
    Metric{"up_capture_annualised", "Up capture, annualised", kRelative, kRatio, kAnnual, 1,
           "each side ^(A/count) - 1", "empyrical's. Absurd on short samples.", "",
           [](const Facts& f) -> double {
             return f.relative->up.annualised_capture(f.conventions.periods_per_year);
           }},
    Metric{"down_capture_annualised", "Down capture, annualised", kRelative, kRatio, kAnnual, 1,
           "each side ^(A/count) - 1", "empyrical's. Absurd on short samples.", "",
           [](const Facts& f) -> double {
             return f.relative->down.annualised_capture(f.conventions.periods_per_year);
           }},
    Metric{"up_number", "Up number ratio", kRelative, kFraction, kPlain, 1, "#(r>0 and b>0)/#(b>0)",
           "", "",
           [](const Facts& f) -> double {
             return share(f.relative->up.same_sign, f.relative->up.periods);
           }},
    Metric{"down_number", "Down number ratio", kRelative, kFraction, kPlain, 1,
           "#(r<0 and b<0)/#(b<0)", "", "",
           [](const Facts& f) -> double {
             return share(f.relative->down.same_sign, f.relative->down.periods);
           }},
    Metric{"up_percent", "Up percentage ratio", kRelative, kFraction, kPlain, 1,
           "#(r>b and b>0)/#(b>0)", "", "",
           [](const Facts& f) -> double {
             return share(f.relative->up.better, f.relative->up.periods);
           }},
    Metric{"down_percent", "Down percentage ratio", kRelative, kFraction, kPlain, 1,
           "#(r>b and b<0)/#(b<0)", "", "",
           [](const Facts& f) -> double {
             return share(f.relative->down.better, f.relative->down.periods);
           }},
    Metric{"batting_average", "Batting average", kRelative, kFraction, kPlain, 1, "share of r > b",
           "", "",
           [](const Facts& f) -> double { return share(f.relative->won, f.relative->count()); }},
};

}  // namespace

std::span<const Metric> relative_metrics() { return kMetrics; }

}  // namespace signalbus::analytics

#include "signals/constraints.h"

#include <algorithm>
#include <cmath>

#include "core/decimal.h"
#include "core/text.h"

namespace signalbus::signals {
namespace {

// Sums closer to 1 than this are rounding of the producer's decimals, not worth a sentence.
constexpr double kSumTolerance = 1e-6;

double gross_of(std::span<const SignalRow> rows) {
  double sum = 0;
  for (const SignalRow& row : rows) sum += std::abs(row.weight);
  return sum;
}

Status check_signs(std::span<const SignalRow> rows) {
  for (const SignalRow& row : rows) {
    if (row.weight < 0) {
      return Error{ErrorCode::kInvalidInput,
                   "line " + std::to_string(row.line) + ": weight of " +
                       quoted(row.asset_id.get()) + " is " + format_double(row.weight) +
                       ", a short; set weights.allow_short: true to allow it"};
    }
  }
  return Ok{};
}

Status check_raw_sum(double sum, const WeightPolicy& weights, const SignalPolicy& signals) {
  const bool too_large = sum > 1 + signals.rescale_limit;
  const bool too_small = sum < 1 - signals.rescale_limit && !weights.allow_cash;
  if (!too_large && !too_small) return Ok{};
  return Error{
      ErrorCode::kInvalidInput,
      "weights sum to " + format_double(sum) + ", outside 1 +- " +
          format_double(signals.rescale_limit) +
          " (signals.rescale_limit), which looks like a unit mistake; weights are fractions "
          "of one" +
          (too_small ? ", or set weights.allow_cash: true to keep the rest in cash" : "")};
}

void scale_rows(std::vector<SignalRow>& rows, double divisor) {
  for (SignalRow& row : rows) row.weight /= divisor;
}

/// Scales to 1 unless cash may stay. A sum of zero (all cash) is left alone.
void normalize_sum(Normalized& out, const WeightPolicy& weights) {
  const double sum = compensated_sum(out.rows);
  if (sum <= 0 || (weights.allow_cash && sum <= 1)) return;
  scale_rows(out.rows, sum);
  if (std::abs(sum - 1) > kSumTolerance) {
    out.notes.push_back("weights summed to " + format_double(sum) + " and were scaled to 1");
  }
}

/// Caps names at max_weight and gives the excess to the uncapped pro rata, until none is above.
Status cap_names(Normalized& out, double max_weight) {
  const double total = compensated_sum(out.rows);
  std::vector<bool> capped(out.rows.size(), false);
  std::size_t capped_count = 0;
  for (bool changed = true; changed;) {
    changed = false;
    double free_sum = 0;
    for (std::size_t i = 0; i < out.rows.size(); ++i) {
      if (!capped[i] && out.rows[i].weight > max_weight) {
        capped[i] = changed = true;
        ++capped_count;
      }
      if (!capped[i]) free_sum += out.rows[i].weight;
    }
    if (!changed) break;
    const double left = std::max(0.0, total - max_weight * static_cast<double>(capped_count));
    if (free_sum <= 0 && left > kSumTolerance) {
      return Error{ErrorCode::kInvalidInput,
                   "weights.max_weight " + format_double(max_weight) + " leaves " +
                       format_double(left) + " of the weight without a name to hold it; raise it"};
    }
    for (std::size_t i = 0; i < out.rows.size(); ++i) {
      if (capped[i]) {
        out.rows[i].weight = max_weight;
      } else if (free_sum > 0) {  // else only rows of weight 0 are left: they stay 0
        out.rows[i].weight *= left / free_sum;
      }
    }
  }
  if (capped_count > 0) {
    out.notes.push_back(counted(capped_count, "name") + " capped at weights.max_weight " +
                        format_double(max_weight) + ", the excess went to the others pro rata");
  }
  return Ok{};
}

Status constrain_shorts(Normalized& out, const WeightPolicy& weights) {
  const double gross = gross_of(out.rows);
  // The tolerance forgives the last digits of a producer's decimals, nothing more.
  if (gross > weights.max_gross + kSumTolerance) {
    return Error{ErrorCode::kInvalidInput, "gross weight is " + format_double(gross) +
                                               ", above weights.max_gross " +
                                               format_double(weights.max_gross)};
  }
  if (!weights.max_weight) return Ok{};
  std::size_t capped = 0;
  for (SignalRow& row : out.rows) {
    if (std::abs(row.weight) <= *weights.max_weight) continue;
    row.weight = std::copysign(*weights.max_weight, row.weight);
    ++capped;
  }
  if (capped > 0) {
    out.notes.push_back(counted(capped, "name") + " cut to weights.max_weight " +
                        format_double(*weights.max_weight) +
                        "; with shorts nothing is redistributed");
  }
  return Ok{};
}

void remove_blacklisted(Normalized& out, const WeightPolicy& weights) {
  const std::size_t before = out.rows.size();
  std::erase_if(out.rows, [&](const SignalRow& row) {
    return weights.blacklist.contains(row.asset_id.get());
  });
  if (out.rows.size() < before) {
    out.notes.push_back(counted(before - out.rows.size(), "name") +
                        " removed by weights.blacklist");
  }
}

}  // namespace

double compensated_sum(std::span<const SignalRow> rows) {
  double sum = 0;
  double lost = 0;  // what the running sum could not hold (Neumaier 1974)
  for (const SignalRow& row : rows) {
    const double next = sum + row.weight;
    lost += std::abs(sum) >= std::abs(row.weight) ? (sum - next) + row.weight
                                                  : (row.weight - next) + sum;
    sum = next;
  }
  return sum + lost;
}

Result<Normalized> enforce_constraints_and_normalize(std::vector<SignalRow> rows,
                                                     const WeightPolicy& weights,
                                                     const SignalPolicy& signals) {
  if (!weights.allow_short) SB_TRY_OK(check_signs(rows));
  Normalized out{.rows = std::move(rows), .raw_sum = 0, .notes = {}};
  out.raw_sum = compensated_sum(out.rows);
  const bool has_short = std::any_of(out.rows.begin(), out.rows.end(),
                                     [](const SignalRow& row) { return row.weight < 0; });
  remove_blacklisted(out, weights);
  if (has_short) {
    SB_TRY_OK(constrain_shorts(out, weights));
    return out;
  }
  SB_TRY_OK(check_raw_sum(out.raw_sum, weights, signals));
  normalize_sum(out, weights);
  if (weights.max_weight) SB_TRY_OK(cap_names(out, *weights.max_weight));
  return out;
}

}  // namespace signalbus::signals

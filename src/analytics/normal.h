// The normal distribution, and chi-square where it is a closed form of it.
#pragma once

namespace signalbus::analytics {

double normal_density(double z);
double normal_cdf(double z);
/// Inverse of normal_cdf to about 1e-15. p in 0..1; the ends are infinite, beyond them NaN.
double normal_quantile(double p);

/// P(chi-square > statistic) for one and for two degrees of freedom.
double chi_square_tail_1(double statistic);
double chi_square_tail_2(double statistic);

}  // namespace signalbus::analytics

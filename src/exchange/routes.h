// The routes of the REST API: one function per path and method, and the table that finds them.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "exchange/call.h"

namespace signalbus::exchange {

using Handler = net::HttpResponse (*)(Call& call);

struct Route {
  std::string_view method;
  std::string_view pattern;  ///< `/v2/orders/{}`: `{}` is one segment.
  Handler handler;
};

struct RouteMatch {
  const Route* route = nullptr;
  bool path_known = false;            ///< Some other method would have been served.
  std::vector<std::string> captured;  ///< Decoded.
};

/// `path` as it came, still encoded.
RouteMatch find_route(std::string_view method, std::string_view path);

// Orders.
net::HttpResponse post_order(Call& call);
net::HttpResponse get_orders(Call& call);
net::HttpResponse get_order(Call& call);
net::HttpResponse get_order_by_client_id(Call& call);
net::HttpResponse patch_order(Call& call);
net::HttpResponse delete_order(Call& call);
net::HttpResponse delete_orders(Call& call);
// Positions.
net::HttpResponse get_positions(Call& call);
net::HttpResponse get_position(Call& call);
net::HttpResponse delete_position(Call& call);
net::HttpResponse delete_positions(Call& call);
// Account.
net::HttpResponse get_account(Call& call);
net::HttpResponse get_configuration(Call& call);
net::HttpResponse patch_configuration(Call& call);
net::HttpResponse get_activities(Call& call);
net::HttpResponse get_activities_of_type(Call& call);
net::HttpResponse get_portfolio_history(Call& call);
// Assets, clock, calendar.
net::HttpResponse get_assets(Call& call);
net::HttpResponse get_asset(Call& call);
net::HttpResponse get_clock(Call& call);
net::HttpResponse get_calendar(Call& call);
// Corporate actions.
net::HttpResponse get_announcements(Call& call);
net::HttpResponse get_announcement(Call& call);
net::HttpResponse get_corporate_actions(Call& call);
// Market data.
net::HttpResponse get_bars(Call& call);
net::HttpResponse get_symbol_bars(Call& call);
net::HttpResponse get_trades(Call& call);
net::HttpResponse get_symbol_trades(Call& call);
net::HttpResponse get_quotes(Call& call);
net::HttpResponse get_symbol_quotes(Call& call);
net::HttpResponse get_latest_bars(Call& call);
net::HttpResponse get_latest_trades(Call& call);
net::HttpResponse get_latest_quotes(Call& call);
net::HttpResponse get_symbol_latest_bar(Call& call);
net::HttpResponse get_symbol_latest_trade(Call& call);
net::HttpResponse get_symbol_latest_quote(Call& call);
net::HttpResponse get_snapshots(Call& call);
net::HttpResponse get_symbol_snapshot(Call& call);
net::HttpResponse get_auctions(Call& call);
net::HttpResponse get_meta_exchanges(Call& call);
net::HttpResponse get_meta_conditions(Call& call);

}  // namespace signalbus::exchange

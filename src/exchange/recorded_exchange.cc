#include "exchange/recorded_exchange.h"

#include "exchange/command_line_text.h"

namespace signalbus::exchange {

using namespace exchange_core;  // the core's own words, all over this file

void RecordedExchange::write(const std::string& line) {
  if (!state_.ok()) return;
  state_ = sink_->append(line);
  unsynced_ = true;
}

void RecordedExchange::note(std::string_view verb, std::initializer_list<std::string_view> fields) {
  if (sink_ == nullptr) return;
  CommandText text(verb);
  for (const std::string_view field : fields) text.add(field);
  write(text.line());
}

Status RecordedExchange::commit() {
  if (state_.ok() && unsynced_) {
    state_ = sink_->sync();
    unsynced_ = false;
  }
  return state_;
}

void RecordedExchange::advance_to(Instant now) {
  const std::size_t before = core_.events().size();
  const SessionPhase phase = core_.phase();
  core_.advance_to(now);
  // Time alone changes nothing that a replay of the next command would not do as well.
  const bool changed = core_.events().size() != before || core_.phase() != phase;
  if (sink_ != nullptr && changed) write(CommandText("advance").add(now).line());
}

AssetNumber RecordedExchange::put_asset(Instant now, const AssetTerms& terms) {
  if (sink_ != nullptr) {
    write(CommandText("asset")
              .add(now)
              .add(terms.symbol.view())
              .add(terms.name)
              .add(terms.exchange)
              .add(terms.active)
              .add(terms.tradable)
              .add(terms.marginable)
              .add(terms.shortable)
              .add(terms.easy_to_borrow)
              .add(terms.fractionable)
              .line());
  }
  return core_.put_asset(now, terms);
}

void RecordedExchange::set_quote(Instant now, AssetNumber asset, const Quote& quote) {
  if (sink_ != nullptr) {
    write(CommandText("quote")
              .add(now)
              .add(asset.get())
              .add(quote.bid)
              .add(quote.ask)
              .add(quote.last)
              .line());
  }
  core_.set_quote(now, asset, quote);
}

void RecordedExchange::set_halted(Instant now, AssetNumber asset, bool halted) {
  if (sink_ != nullptr) write(CommandText("halt").add(now).add(asset.get()).add(halted).line());
  core_.set_halted(now, asset, halted);
}

void RecordedExchange::split(Instant now, AssetNumber asset, std::uint32_t numerator,
                             std::uint32_t denominator) {
  if (sink_ != nullptr) {
    write(CommandText("split").add(now).add(asset.get()).add(numerator).add(denominator).line());
  }
  core_.split(now, asset, numerator, denominator);
}

void RecordedExchange::pay_dividend(Instant now, AssetNumber asset, Price per_share) {
  if (sink_ != nullptr) {
    write(CommandText("dividend").add(now).add(asset.get()).add(per_share).line());
  }
  core_.pay_dividend(now, asset, per_share);
}

AccountNumber RecordedExchange::open_account(Instant now, const AccountTerms& terms) {
  if (sink_ != nullptr) {
    write(CommandText("open").add(now).add(terms.cash).add(terms.multiplier).line());
  }
  return core_.open_account(now, terms);
}

void RecordedExchange::set_configuration(Instant now, AccountNumber account,
                                         const Configuration& configuration) {
  if (sink_ != nullptr) {
    write(CommandText("configure")
              .add(now)
              .add(account.get())
              .add(configuration.suspend_trade)
              .add(configuration.no_shorting)
              .add(configuration.fractional_trading)
              .add(configuration.max_margin_multiplier)
              .line());
  }
  core_.set_configuration(now, account, configuration);
}

void RecordedExchange::move_cash(Instant now, AccountNumber account, ActivityKind kind,
                                 Money amount, std::string_view note) {
  if (sink_ != nullptr) {
    write(CommandText("cash")
              .add(now)
              .add(account.get())
              .add(static_cast<int>(kind))
              .add(amount)
              .add(note)
              .line());
  }
  core_.move_cash(now, account, kind, amount, note);
}

void RecordedExchange::set_position(Instant now, AccountNumber account, AssetNumber asset,
                                    Quantity qty, Price avg_entry_price) {
  if (sink_ != nullptr) {
    write(CommandText("position")
              .add(now)
              .add(account.get())
              .add(asset.get())
              .add(qty)
              .add(avg_entry_price)
              .line());
  }
  core_.set_position(now, account, asset, qty, avg_entry_price);
}

Answer<Placed> RecordedExchange::submit(Instant now, AccountNumber account,
                                        const OrderRequest& request, const SubmitHooks& hooks) {
  if (sink_ != nullptr) {
    CommandText text("submit");
    text.add(now).add(account.get()).add(request.symbol).add(request.qty).add(request.notional);
    text.add(request.side).add(request.type).add(request.tif).add(request.limit_price);
    text.add(request.stop_price).add(request.trail_price).add(request.trail_percent);
    text.add(request.extended_hours).add(request.client_order_id).add(request.order_class);
    text.add(request.take_profit.has_value());
    text.add(request.take_profit ? request.take_profit->limit_price : std::nullopt);
    text.add(request.stop_loss.has_value());
    text.add(request.stop_loss ? request.stop_loss->stop_price : std::nullopt);
    text.add(request.stop_loss ? request.stop_loss->limit_price : std::nullopt);
    text.add(request.position_intent);
    text.add(hooks.hold_matching).add(hooks.stick_pending_cancel).add(hooks.reject_async);
    write(text.add(hooks.fill_share).line());
  }
  return core_.submit(now, account, request, hooks);
}

Answer<Placed> RecordedExchange::replace(Instant now, AccountNumber account, OrderNumber order,
                                         const ReplaceRequest& request) {
  if (sink_ != nullptr) {
    write(CommandText("replace")
              .add(now)
              .add(account.get())
              .add(order.get())
              .add(request.qty)
              .add(request.tif)
              .add(request.limit_price)
              .add(request.stop_price)
              .add(request.trail)
              .add(request.client_order_id)
              .line());
  }
  return core_.replace(now, account, order, request);
}

Answer<Done> RecordedExchange::cancel(Instant now, AccountNumber account, OrderNumber order) {
  if (sink_ != nullptr) {
    write(CommandText("cancel").add(now).add(account.get()).add(order.get()).line());
  }
  return core_.cancel(now, account, order);
}

std::vector<CanceledOrder> RecordedExchange::cancel_all(Instant now, AccountNumber account) {
  if (sink_ != nullptr) write(CommandText("cancel_all").add(now).add(account.get()).line());
  return core_.cancel_all(now, account);
}

Answer<Placed> RecordedExchange::close_position(Instant now, AccountNumber account,
                                                std::string_view symbol,
                                                const CloseRequest& request) {
  if (sink_ != nullptr) {
    write(CommandText("close")
              .add(now)
              .add(account.get())
              .add(symbol)
              .add(request.qty)
              .add(request.percentage)
              .line());
  }
  return core_.close_position(now, account, symbol, request);
}

std::vector<ClosedPosition> RecordedExchange::close_all_positions(Instant now,
                                                                  AccountNumber account,
                                                                  bool cancel_orders) {
  if (sink_ != nullptr) {
    write(CommandText("close_all").add(now).add(account.get()).add(cancel_orders).line());
  }
  return core_.close_all_positions(now, account, cancel_orders);
}

void RecordedExchange::release(Instant now, OrderNumber order) {
  if (sink_ != nullptr) write(CommandText("release").add(now).add(order.get()).line());
  core_.release(now, order);
}

}  // namespace signalbus::exchange

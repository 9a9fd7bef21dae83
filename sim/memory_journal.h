// Stand-in until the lossy file system lands; not for merge.
#pragma once

#include <map>

#include "ports/journal.h"

namespace signalbus::sim {

struct MemoryStore {
  struct Entry {
    Intent intent;
    std::optional<OrderEvent> event;
  };
  struct Stored {
    Batch batch;
    std::vector<Entry> entries;
    std::vector<Fill> fills;
  };
  std::vector<Stored> batches;
  ControlRecord control;
  DayUse use;
  int epoch = 0;

  Stored* find(const Batch& batch) {
    for (Stored& s : batches) {
      if (s.batch.id() == batch.id()) return &s;
    }
    return nullptr;
  }
};

class MemoryJournal final : public Journal {
 public:
  explicit MemoryJournal(MemoryStore& store) : s_(store) {}

  Result<std::optional<Batch>> latest_batch(const BatchKey& key) override {
    std::optional<Batch> out;
    for (auto& s : s_.batches) {
      if (s.batch.key.run_date == key.run_date) out = s.batch;
    }
    return out;
  }
  Status open_batch(const Batch& batch, std::span<const Intent> intents) override {
    SB_TRY_OK(fence());
    s_.batches.push_back({batch, {}, {}});
    for (const Intent& i : intents) s_.batches.back().entries.push_back({i, std::nullopt});
    return Ok{};
  }
  Result<std::vector<Intent>> intents(const Batch& batch) override {
    std::vector<Intent> out;
    for (auto& e : s_.find(batch)->entries) out.push_back(e.intent);
    return out;
  }
  Status record(const Batch& batch, std::span<const OrderEvent> events,
                std::span<const Fill> fills) override {
    SB_TRY_OK(fence());
    auto* s = s_.find(batch);
    for (const OrderEvent& event : events) {
      for (auto& e : s->entries) {
        if (e.intent.client_order_id != event.client_order_id) continue;
        e.event = event;
        e.intent.state = event.state;
      }
    }
    for (const Fill& fill : fills) {
      bool known = false;
      for (const Fill& f : s->fills) known = known || f.execution_id == fill.execution_id;
      if (!known) s->fills.push_back(fill);
    }
    return Ok{};
  }
  Status close_batch(const Batch& batch, BatchState state, Instant) override {
    SB_TRY_OK(fence());
    s_.find(batch)->batch.state = state;
    return Ok{};
  }
  Result<std::vector<OrderRecord>> orders(const Batch& batch) override {
    std::vector<OrderRecord> out;
    auto* s = s_.find(batch);
    for (auto& e : s->entries) {
      if (e.event) out.push_back({s->batch, e.intent, *e.event});
    }
    return out;
  }
  Result<std::vector<Fill>> fills(const Batch& batch) override { return s_.find(batch)->fills; }
  Result<std::set<Symbol>> traded_symbols(Mode, const AccountId&) override {
    return std::set<Symbol>();
  }
  Status take_over(const std::string&, Instant) override {
    epoch_ = ++s_.epoch;
    return Ok{};
  }
  Result<std::vector<Batch>> open_batches(Mode, const AccountId&) override {
    std::vector<Batch> out;
    for (auto& s : s_.batches) {
      if (s.batch.state == BatchState::kOpen) out.push_back(s.batch);
    }
    return out;
  }
  Result<bool> knows(const ClientOrderId& id) override {
    for (auto& s : s_.batches) {
      for (auto& e : s.entries) {
        if (e.intent.client_order_id == id) return true;
      }
    }
    return false;
  }
  Result<std::vector<Status>> write_ahead(const Batch& batch, std::span<const WriteAhead> posts,
                                          const ExitGate& gate) override {
    SB_TRY_OK(fence());
    std::vector<Status> out;
    for (const WriteAhead& post : posts) {
      out.push_back(gate({s_.control, s_.use}, post));
      if (!out.back().ok()) continue;
      for (auto& e : s_.find(batch)->entries) {
        if (e.intent.client_order_id != post.client_order_id) continue;
        if (post.quantity != e.intent.order.quantity) e.intent.reduced_to = post.quantity;
        e.intent.body = post.body;
        ++e.intent.posts;
        e.intent.state = OrderState::kSubmitting;
        e.event = OrderEvent{.client_order_id = post.client_order_id,
                             .state = OrderState::kSubmitting,
                             .order_id = OrderId(""),
                             .filled_qty = Quantity::zero(),
                             .filled_avg_price = std::nullopt,
                             .price_used = post.price_used,
                             .submitted_at = post.at,
                             .updated_at = post.at,
                             .reject_code = {},
                             .error = {}};
      }
    }
    return out;
  }
  Result<ControlRecord> control() override { return s_.control; }
  Status set_control(const ControlRecord& record) override {
    s_.control = record;
    return Ok{};
  }
  Result<DayUse> day_use(Mode, const AccountId&, TradeDate) override { return s_.use; }
  Result<EquityMarks> mark_equity(Mode, const AccountId&, TradeDate, Money) override {
    return EquityMarks{};
  }
  Status add_override(const Override&) override { return Ok{}; }
  Result<std::optional<Override>> use_override(const std::string&, Instant) override {
    return std::optional<Override>();
  }
  Status record_moves(const Batch&, std::span<const SleeveMove>) override { return Ok{}; }
  Result<std::vector<SleeveEntry>> sleeve_entries(Mode, const AccountId&) override {
    return std::vector<SleeveEntry>();
  }
  Status acknowledge(Mode, const AccountId&, const Acknowledgement&) override { return Ok{}; }
  Result<std::vector<Acknowledgement>> acknowledgements(Mode, const AccountId&) override {
    return std::vector<Acknowledgement>();
  }
  Result<std::optional<Baseline>> baseline(Mode, const AccountId&) override {
    return std::optional<Baseline>();
  }
  Status set_baseline(Mode, const AccountId&, const Baseline&) override { return Ok{}; }
  Result<std::vector<Batch>> batches_since(Mode, const AccountId&, Instant) override {
    return std::vector<Batch>();
  }
  Result<RunRecord> begin_run(Mode mode, TradeDate date, Instant at) override {
    return RunRecord{date, 1, mode, at};
  }
  Status finish_run(const RunRecord&, Instant, int, const std::string&) override { return Ok{}; }
  Result<bool> run_succeeded(Mode, TradeDate) override { return false; }

 private:
  Status fence() const {
    if (epoch_ == s_.epoch) return Ok{};
    return Error{ErrorCode::kLocked, "another process took the account over"};
  }
  MemoryStore& s_;
  int epoch_ = 0;
};

}  // namespace signalbus::sim

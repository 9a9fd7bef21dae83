// Flags that several commands share, and the commands about alerts. For command_line.cc.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "app/options.h"

namespace signalbus::app {

/// A flag whose text becomes a typed value; its error is the parser's own sentence.
template <class T, class Parse>
CLI::Option* typed_option(CLI::App& command, const std::string& name, std::optional<T>& target,
                          const std::string& help, Parse parse) {
  return command.add_option_function<std::string>(
      name,
      [&target, parse](const std::string& text) {
        Result<T> value = parse(text);
        if (!value.ok()) throw CLI::ValidationError(value.error().message);
        target.emplace(std::move(value).value());
      },
      help);
}

void add_common(CLI::App& command, Options& options);
void add_date(CLI::App& command, Options& options);
void add_mode(CLI::App& command, Options& options, const std::string& name);

struct AlertCommands {
  CLI::App* alerts;
  CLI::App* ack;
};
AlertCommands add_alerts(CLI::App& app, Options& options);

struct NotifyCommands {
  CLI::App* test;
  CLI::App* deliver;
  CLI::App* list;
};
NotifyCommands add_notify(CLI::App& app, Options& options);

}  // namespace signalbus::app

#pragma once
// When pended cases must be decided, by four options of serve, and what happens then: the handlers of what a pended
// case puts into the outbox.

#include <CLI/CLI.hpp>
#include <string>

#include "adapter/notify/outbox_worker.h"
#include "adapter/observe/log.h"
#include "adapter/service/case_service.h"
#include "adapter/service/timetable.h"
#include "adapter/store/store.h"

namespace pas::cli {

// Each time is a whole number with its unit: s, m, h or d.
struct DeadlineOptions {
  std::string standard = "7d";
  std::string expedited = "72h";
  std::string alarm_before = "24h";
  bool deny = false;  // what waits for information
};

// --decide-within, --decide-expedited-within, --alarm-before-deadline, --deny-at-deadline.
void add_deadline_options(CLI::App& command, DeadlineOptions& options);
service::Timetable timetable_of(const DeadlineOptions& options);

// An alarm for the operator some time before a deadline, the deadline itself, and the second half of a scripted
// outcome. All references outlive the worker.
void register_case_messages(notify::OutboxWorker& worker, const service::CaseService& cases, const store::Store& store,
                            observe::Log& log);

}  // namespace pas::cli

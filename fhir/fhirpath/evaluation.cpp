#include "fhir/fhirpath/evaluation.h"

#include "fhir/fhirpath/evaluator.h"

namespace pas::fhirpath {

class Evaluation::State : public detail::Evaluator {
 public:
  using Evaluator::Evaluator;
};

Evaluation::Evaluation(const Environment& environment) : state_(std::make_unique<State>(environment)) {}
Evaluation::~Evaluation() = default;
Evaluation::Evaluation(Evaluation&&) noexcept = default;
Evaluation& Evaluation::operator=(Evaluation&&) noexcept = default;

void Evaluation::set(std::string_view name, std::span<const Item> values) {
  state_->set(name, values);
}

Outcome<std::span<const Item>> Evaluation::run(const Program& program, json::Node focus) {
  return state_->run(program.code(), Item::element(focus));
}

Outcome<std::span<const Item>> Evaluation::run(const Program& program, const Item& focus) {
  return state_->run(program.code(), focus);
}

Outcome<std::optional<bool>> Evaluation::test(const Program& program, json::Node focus) {
  return test(program, Item::element(focus));
}

Outcome<std::optional<bool>> Evaluation::test(const Program& program, const Item& focus) {
  const auto items = run(program, focus);
  if (!items) return items.error();
  if (items->empty()) return std::optional<bool>();
  if (items->size() > 1) {
    return Diagnostic{Diagnostic::Phase::kEvaluation,
                      "a condition is one item, and this has " + std::to_string(items->size()), 0};
  }
  return std::optional(items->front().boolean().value_or(true));
}

std::size_t Evaluation::steps() const {
  return state_->steps();
}

void Evaluation::reset() {
  state_->reset();
}

}  // namespace pas::fhirpath

// An evaluation that has run before takes no more memory from the heap, however many items pass.

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

#include "fhir/definitions/builtin.h"
#include "fhir/fhirpath/fhirpath.h"

namespace {

std::atomic<std::size_t> allocations{0};

void* allocate(std::size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  void* const memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

// Not inlined: g++ would see free() beside a call to operator new and take them for a mismatch.
[[gnu::noinline]] void release(void* memory) noexcept {
  std::free(memory);
}

}  // namespace

// In place of the library's, for this test program.
void* operator new(std::size_t bytes) {
  return allocate(bytes);
}
void* operator new[](std::size_t bytes) {
  return allocate(bytes);
}
void operator delete(void* memory) noexcept {
  release(memory);
}
void operator delete[](void* memory) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  release(memory);
}

namespace pas {
namespace {

constexpr std::size_t kEntries = 200;

// A claim that refers to each of many observations.
std::string bundle() {
  std::string text = R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://x.example/Claim/c",)"
                     R"("resource":{"resourceType":"Claim","id":"c","supportingInfo":[)";
  for (std::size_t i = 0; i < kEntries; ++i) {
    text += (i == 0 ? "" : ",") + std::string(R"({"valueReference":{"reference":"Observation/)") + std::to_string(i) +
            R"("}})";
  }
  text += "]}}";
  for (std::size_t i = 0; i < kEntries; ++i) {
    const std::string id = std::to_string(i);
    text +=
        R"(,{"fullUrl":"http://x.example/Observation/)" + id + R"(","resource":{"resourceType":"Observation","id":")";
    text += id + R"(","status":"final","issued":"2026-03-10T08:00:00Z","valueQuantity":{"value":)" + id;
    text +=
        R"(.5,"system":"http://unitsofmeasure.org","code":"kg"},"code":{"text":"a text that is longer than most"}}})";
  }
  return text + "]}";
}

constexpr std::array kExpressions{
    "Bundle.entry.resource.ofType(Observation).where(status = 'final').code.text",
    "Bundle.entry.all(fullUrl.exists() and resource.exists())",
    "Bundle.entry.fullUrl.isDistinct()",
    "Bundle.entry.resource.ofType(Claim).supportingInfo.value.resolve().issued",
    "Bundle.entry.resource.ofType(Observation).all(issued < @2026-03-11)",
    "Bundle.entry.fullUrl.all(matches('^http://[a-z.]+/[A-Z][a-z]+/[0-9a-z]+$'))",
    "Bundle.entry.resource.ofType(Observation).value.ofType(Quantity).where($this > 10 'kg').value",
    "Bundle.entry.resource.select(id & ' of a bundle with many entries').distinct()",
    "Bundle.entry.resource.ofType(Observation).sort(-id).id | Bundle.entry.fullUrl",
    "Bundle.entry.resource.ofType(Observation).value.ofType(Quantity).value.aggregate($total + $this, 0)",
    "Bundle.descendants().count()",
    "Bundle.entry.repeat(resource).ofType(Observation).skip(3).first().code.text.substring(2, 20).length()",
};

TEST(Allocations, NoneWhenRunAgain) {
  const auto definitions = definitions::builtin_definitions({definitions::kR4Core});
  ASSERT_TRUE(definitions);
  const auto document = json::Document::parse(bundle());
  ASSERT_TRUE(document);
  const json::BundleIndex index(document->root());
  fhirpath::Environment environment;
  environment.model = &(*definitions)->model();
  environment.index = &index;
  fhirpath::Evaluation evaluation(environment);
  for (const std::string_view expression : kExpressions) {
    SCOPED_TRACE(expression);
    const auto program = fhirpath::Program::compile(expression, {.model = environment.model, .context_type = "Bundle"});
    ASSERT_TRUE(program) << program.error().message;
    const auto items = evaluation.run(*program, document->root());
    ASSERT_TRUE(items) << items.error().message;
    EXPECT_FALSE(items->empty());
    evaluation.reset();
    const std::size_t before = allocations.load();
    const bool is_done = evaluation.run(*program, document->root()).has_value();
    evaluation.reset();
    EXPECT_EQ(allocations.load(), before);
    EXPECT_TRUE(is_done);
  }
}

}  // namespace
}  // namespace pas

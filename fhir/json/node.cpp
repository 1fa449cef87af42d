#include "fhir/json/document.h"
#include "fhir/json/writer.h"

namespace pas::json {

std::string_view Node::text() const {
  switch (kind()) {
    case Kind::kString:
    case Kind::kNumber:
      return {tape_->buffer.data() + record().value_offset, record().value_length};
    case Kind::kTrue:
      return "true";
    case Kind::kFalse:
      return "false";
    default:
      return {};
  }
}

Node Node::operator[](std::string_view name) const {
  if (!is_object()) return {};
  const auto& nodes = tape_->nodes;
  const std::uint32_t end = record().next;
  for (std::uint32_t i = index_ + 1; i < end; i = nodes[i].next) {
    const auto& child = nodes[i];
    if (child.key_length == name.size() &&
        std::string_view(tape_->buffer.data() + child.key_offset, child.key_length) == name) {
      return {tape_, i};
    }
  }
  return {};
}

Node Node::at(std::size_t index) const {
  if (!is_array() || index >= size()) return {};
  std::uint32_t i = index_ + 1;
  for (; index > 0; --index) i = tape_->nodes[i].next;
  return {tape_, i};
}

Node Node::parent() const {
  if (tape_ == nullptr || index_ == 0) return {};
  return {tape_, record().parent};
}

std::size_t Node::index_in_parent() const {
  const Node up = parent();
  if (!up) return 0;
  std::size_t position = 0;
  for (std::uint32_t i = up.index_ + 1; i < index_; i = tape_->nodes[i].next) ++position;
  return position;
}

std::string Node::path(Node top) const {  // NOLINT(misc-no-recursion): the parser bounds the depth
  if (tape_ == nullptr) return {};
  const Node up = *this == top ? Node() : parent();
  if (!up) {
    const Node type = (*this)["resourceType"];
    return type.is_string() ? std::string(type.text()) : "$this";
  }
  if (up.is_array()) return up.path(top) + "[" + std::to_string(index_in_parent()) + "]";
  return up.path(top) + "." + std::string(key());
}

std::string Node::to_json() const {
  Writer writer;
  writer.node(*this);
  return std::move(writer).take();
}

}  // namespace pas::json

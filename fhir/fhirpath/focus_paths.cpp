#include <algorithm>

#include "fhir/fhirpath/compiler.h"
#include "fhir/fhirpath/functions.h"

namespace pas::fhirpath::detail {
namespace {

class Collector {
 public:
  explicit Collector(const Ast& ast) : ast_(ast) {}

  // `is_root`: names without an input are read from the root focus.
  void visit(ExprIndex index, bool is_root) {
    const Expr& expr = ast_.nodes[index];
    if (expr.kind == ExprKind::kMember) {
      std::string path;
      if (read_path(index, is_root, path)) {
        if (std::ranges::find(paths_, path) == paths_.end()) paths_.push_back(std::move(path));
        return;
      }
    }
    ExprIndex child = expr.first;
    if (child != kNoExpr && expr.has_input) {
      visit(child, is_root);
      child = ast_.nodes[child].next;
    }
    const bool keeps_focus = expr.kind != ExprKind::kFunction || !is_lambda(expr.name) || reads_focus_itself(expr);
    for (; child != kNoExpr; child = ast_.nodes[child].next) visit(child, is_root && keeps_focus);
  }

  std::vector<std::string> take() { return std::move(paths_); }

 private:
  static bool is_lambda(std::string_view name) {
    const FunctionInfo* info = find_function(name);
    return info != nullptr && info->traits.is_lambda;
  }

  // where(…) and $this.where(…): the items are the focus itself.
  bool reads_focus_itself(const Expr& function) const {
    return !function.has_input || ast_.nodes[function.first].kind == ExprKind::kThis;
  }

  bool read_path(ExprIndex index, bool is_root, std::string& path) const {
    const Expr& expr = ast_.nodes[index];
    if (expr.kind == ExprKind::kThis) return is_root;
    if (expr.kind == ExprKind::kVariable) return expr.name == "context";
    if (expr.kind != ExprKind::kMember) return false;
    if (expr.has_input ? !read_path(expr.first, is_root, path) : !is_root) return false;
    if (!path.empty()) path += '.';
    path += expr.name;
    return true;
  }

  const Ast& ast_;
  std::vector<std::string> paths_;
};

}  // namespace

std::vector<std::string> focus_paths(const Ast& ast) {
  Collector collector(ast);
  collector.visit(ast.root, true);
  return collector.take();
}

}  // namespace pas::fhirpath::detail

// body_floor FOLDER: µs that parsing and writing a body takes (floor.h), the mean of the bodies in FOLDER. The whole
// server's processor time is given as a multiple of it.

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/floor.h"
#include "tests/support/files.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::vector<std::string> bodies;
  for (const auto& file : std::filesystem::directory_iterator(argv[1])) {
    bodies.push_back(pas::support::read_file(file.path()));
  }
  if (bodies.empty()) return 1;
  std::printf("%.2f\n", pas::bench::floor_seconds(bodies) * 1e6);
  return 0;
}

// body_floor FOLDER: µs that parsing and writing a body takes (floor.h), the mean of the bodies in FOLDER. The whole
// server's processor time is given as a multiple of it.

#include <cstdio>
#include <filesystem>

#include "tests/bench/floor.h"
#include "tests/support/files.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  double seconds = 0;
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(argv[1])) {
    seconds += pas::bench::floor_seconds(pas::support::read_file(file.path()));
    ++count;
  }
  if (count == 0) return 1;
  std::printf("%.2f\n", seconds / count * 1e6);
  return 0;
}

#pragma once
// What a child process gives up before it becomes a program that reads a stranger's document: time, memory, files,
// network, other processes. Linux (x86-64 and AArch64).

#include <cstddef>

namespace pas::documents {

struct Confinement {
  unsigned cpu_seconds = 5;
  std::size_t memory_bytes = std::size_t{512} << 20U;  // of address space
};

// To be called in the child between fork() and exec(): it calls only what is safe there. From then on, exec included,
// the process may read files, and write to the descriptors that it has; it cannot open a file for writing, change the
// file system, make a socket or a process, or signal or trace one. False when the system does not allow to confine.
bool confine_this_process(const Confinement& confinement);

}  // namespace pas::documents

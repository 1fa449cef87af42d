#include "adapter/documents/confinement.h"

#include <asm/unistd.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>

namespace pas::documents {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
constexpr std::uint32_t kForeignCalls = 0x40000000U;  // x32 numbers begin here
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t kForeignCalls = 0x80000000U;
#else
#error "the system call filter knows x86-64 and AArch64"
#endif

constexpr std::uint32_t kWriteFlags = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
constexpr rlim_t kOpenFiles = 32;

// Refused with EPERM.
constexpr std::uint32_t kDenied[] = {
    // network
    __NR_socket,
    __NR_socketpair,
    __NR_connect,
    __NR_bind,
    __NR_listen,
    __NR_accept4,
    // other processes
    __NR_clone,
    __NR_kill,
    __NR_tkill,
    __NR_tgkill,
    __NR_pidfd_open,
    __NR_pidfd_getfd,
    __NR_pidfd_send_signal,
    __NR_ptrace,
    __NR_process_vm_readv,
    __NR_process_vm_writev,
    __NR_execveat,
    // the file system
    __NR_unlinkat,
    __NR_renameat2,
    __NR_mkdirat,
    __NR_linkat,
    __NR_symlinkat,
    __NR_mknodat,
    __NR_fchmod,
    __NR_fchmodat,
    __NR_fchown,
    __NR_fchownat,
    __NR_truncate,
    __NR_ftruncate,
    __NR_utimensat,
    __NR_setxattr,
    __NR_mount,
    __NR_umount2,
    __NR_pivot_root,
    __NR_chroot,
    // the kernel
    __NR_unshare,
    __NR_setns,
    __NR_bpf,
    __NR_perf_event_open,
    __NR_userfaultfd,
    __NR_io_uring_setup,
    __NR_keyctl,
    __NR_add_key,
    __NR_request_key,
    __NR_init_module,
    __NR_finit_module,
    __NR_memfd_create,
#if defined(__x86_64__)
    __NR_accept,
    __NR_fork,
    __NR_vfork,
    __NR_unlink,
    __NR_rename,
    __NR_renameat,
    __NR_mkdir,
    __NR_rmdir,
    __NR_link,
    __NR_symlink,
    __NR_mknod,
    __NR_chmod,
    __NR_chown,
    __NR_lchown,
    __NR_creat,
    __NR_utime,
    __NR_utimes,
#endif
};

// Refused with ENOSYS, so that the C library falls back on calls that the filter can see into.
constexpr std::uint32_t kUnknown[] = {__NR_clone3, __NR_openat2};

// Calls that open a file, and which argument holds the flags.
struct Opening {
  std::uint32_t call;
  std::uint32_t flags;
};
constexpr Opening kOpenings[] = {
#if defined(__x86_64__)
    {__NR_open, 1},
#endif
    {__NR_openat, 2}};

constexpr std::size_t kProgramSize =
    6 + 2 * std::size(kDenied) + 2 * std::size(kUnknown) + 5 * std::size(kOpenings) + 1;

constexpr sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
constexpr sock_filter jump(std::uint16_t test, std::uint32_t value, std::uint8_t if_true, std::uint8_t if_false) {
  return BPF_JUMP(static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), value, if_true, if_false);
}
constexpr sock_filter answer(std::uint32_t action) {
  return BPF_STMT(BPF_RET | BPF_K, action);
}

constexpr std::array<sock_filter, kProgramSize> make_program() {
  std::array<sock_filter, kProgramSize> program{};
  std::size_t size = 0;
  const auto add = [&](sock_filter instruction) { program[size++] = instruction; };
  constexpr std::size_t kCall = offsetof(seccomp_data, nr);
  add(load(offsetof(seccomp_data, arch)));
  add(jump(BPF_JEQ, kArchitecture, 1, 0));
  add(answer(SECCOMP_RET_KILL_PROCESS));
  add(load(kCall));
  add(jump(BPF_JGE, kForeignCalls, 0, 1));
  add(answer(SECCOMP_RET_KILL_PROCESS));
  for (const std::uint32_t call : kDenied) {
    add(jump(BPF_JEQ, call, 0, 1));
    add(answer(SECCOMP_RET_ERRNO | EPERM));
  }
  for (const std::uint32_t call : kUnknown) {
    add(jump(BPF_JEQ, call, 0, 1));
    add(answer(SECCOMP_RET_ERRNO | ENOSYS));
  }
  for (const Opening& opening : kOpenings) {
    add(jump(BPF_JEQ, opening.call, 0, 4));
    // Little-endian: the lower half of the argument comes first.
    add(load(offsetof(seccomp_data, args) + std::size_t{8} * opening.flags));
    add(jump(BPF_JSET, kWriteFlags, 0, 1));
    add(answer(SECCOMP_RET_ERRNO | EPERM));
    add(load(kCall));
  }
  add(answer(SECCOMP_RET_ALLOW));
  return program;
}

bool limit(int resource, rlim_t value) {
  const rlimit limits{value, value};
  return ::setrlimit(static_cast<__rlimit_resource_t>(resource), &limits) == 0;
}

}  // namespace

bool confine_this_process(const Confinement& confinement) {
  static constexpr auto kProgram = make_program();
  const sock_fprog program{static_cast<unsigned short>(kProgram.size()), const_cast<sock_filter*>(kProgram.data())};
  return limit(RLIMIT_CPU, confinement.cpu_seconds) && limit(RLIMIT_AS, confinement.memory_bytes) &&
         limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, kOpenFiles) &&
         limit(RLIMIT_NPROC, 0) && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
         ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace pas::documents

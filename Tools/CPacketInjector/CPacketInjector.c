// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

#define _GNU_SOURCE
#include "CPacketInjector.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MAX_FRAME = 128, MAX_INSTRUCTIONS = 2 * MAX_FRAME };

/// Instructions under construction.
struct program {
    struct bpf_insn instructions[MAX_INSTRUCTIONS];
    int count;
};

static void emit(
    struct program *program, uint8_t code, uint8_t target, uint8_t source, int16_t offset,
    int32_t immediate)
{
    program->instructions[program->count++] = (struct bpf_insn) {
        .code = code, .dst_reg = target, .src_reg = source, .off = offset, .imm = immediate,
    };
}

/// Register 7 becomes two bytes of the frame with random bits, in the order in which memory has
/// them. They are stored in the packet too.
static void emit_drawn(
    struct program *program, const uint8_t *frame, uint16_t offset, uint16_t mask)
{
    uint16_t base;
    memcpy(&base, frame + offset, sizeof base);
    uint16_t stored_mask = __builtin_bswap16(mask);
    emit(program, BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_get_prandom_u32);
    emit(program, BPF_ALU64 | BPF_AND | BPF_K, 0, 0, 0, stored_mask);
    emit(program, BPF_ALU64 | BPF_MOV | BPF_X, 7, 0, 0, 0);
    emit(program, BPF_ALU64 | BPF_MOV | BPF_X, 8, 0, 0, 0);
    emit(program, BPF_ALU64 | BPF_OR | BPF_K, 8, 0, 0, base & (uint16_t)~stored_mask);
    emit(program, BPF_STX | BPF_MEM | BPF_H, 6, 8, (int16_t)offset, 0);
}

int packet_program_load(
    const uint8_t *frame, size_t size, const struct packet_variation *variation)
{
    if (size > MAX_FRAME || size % 2 != 0) return -EINVAL;
    struct program program = {.count = 0};
    // r6 = data; where the packet is shorter than the frame, it is dropped.
    emit(&program, BPF_LDX | BPF_MEM | BPF_W, 6, 1, offsetof(struct xdp_md, data), 0);
    emit(&program, BPF_LDX | BPF_MEM | BPF_W, 3, 1, offsetof(struct xdp_md, data_end), 0);
    emit(&program, BPF_ALU64 | BPF_MOV | BPF_X, 4, 6, 0, 0);
    emit(&program, BPF_ALU64 | BPF_ADD | BPF_K, 4, 0, 0, (int32_t)size);
    emit(&program, BPF_JMP | BPF_JLE | BPF_X, 4, 3, 2, 0);
    emit(&program, BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_DROP);
    emit(&program, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    // The kernel uses pages again, and forwarding has rewritten what stands in them.
    for (size_t offset = 0; offset + 2 <= size; offset += 2) {
        uint16_t word;
        memcpy(&word, frame + offset, sizeof word);
        emit(&program, BPF_ST | BPF_MEM | BPF_H, 6, 0, (int16_t)offset, word);
    }
    if (variation->port_mask != 0)
        emit_drawn(&program, frame, variation->port_offset, variation->port_mask);
    if (variation->source_mask != 0) {
        emit_drawn(&program, frame, variation->source_offset, variation->source_mask);
        if (variation->checksum_offset != 0) {
            // ~(sum + drawn), folded.
            emit(&program, BPF_ALU64 | BPF_ADD | BPF_K, 7, 0, 0, variation->header_sum);
            emit(&program, BPF_ALU64 | BPF_MOV | BPF_X, 8, 7, 0, 0);
            emit(&program, BPF_ALU64 | BPF_RSH | BPF_K, 8, 0, 0, 16);
            emit(&program, BPF_ALU64 | BPF_AND | BPF_K, 7, 0, 0, 0xffff);
            emit(&program, BPF_ALU64 | BPF_ADD | BPF_X, 7, 8, 0, 0);
            emit(&program, BPF_ALU64 | BPF_XOR | BPF_K, 7, 0, 0, 0xffff);
            emit(
                &program, BPF_STX | BPF_MEM | BPF_H, 6, 7, (int16_t)variation->checksum_offset, 0);
        }
    }
    emit(&program, BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_PASS);
    emit(&program, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);

    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = BPF_PROG_TYPE_XDP;
    attributes.expected_attach_type = BPF_XDP;
    attributes.insns = (uintptr_t)program.instructions;
    attributes.insn_cnt = (uint32_t)program.count;
    attributes.license = (uintptr_t) "Apache-2.0";
    long descriptor = syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes);
    return descriptor < 0 ? -errno : (int)descriptor;
}

static uint64_t thread_time(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

int packet_inject(
    int program, const uint8_t *frame, size_t size, uint32_t interface_index, uint32_t count,
    uint64_t *nanoseconds)
{
    struct xdp_md context;
    memset(&context, 0, sizeof context);
    context.data_end = (uint32_t)size;
    context.ingress_ifindex = interface_index;
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.test.prog_fd = (uint32_t)program;
    attributes.test.data_in = (uintptr_t)frame;
    attributes.test.data_size_in = (uint32_t)size;
    attributes.test.ctx_in = (uintptr_t)&context;
    attributes.test.ctx_size_in = sizeof context;
    attributes.test.repeat = count;
    attributes.test.flags = BPF_F_TEST_XDP_LIVE_FRAMES;
    uint64_t start = thread_time();
    long result = syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attributes, sizeof attributes);
    *nanoseconds = thread_time() - start;
    return result < 0 ? -errno : 0;
}

int packet_tap_open(const char *name)
{
    int descriptor = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    struct ifreq request;
    memset(&request, 0, sizeof request);
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (ioctl(descriptor, TUNSETIFF, &request) == 0) return descriptor;
    int error = errno;
    close(descriptor);
    return -error;
}

int packet_pin(int processor)
{
    cpu_set_t processors;
    CPU_ZERO(&processors);
    CPU_SET(processor, &processors);
    return sched_setaffinity(0, sizeof processors, &processors) == 0 ? 0 : -errno;
}

// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

#ifndef CPACKETINJECTOR_H
#define CPACKETINJECTOR_H

#include <stddef.h>
#include <stdint.h>

/// What of a frame an injector draws anew for each packet.
struct packet_variation {
    /// Where the last two bytes of the source address stand.
    uint16_t source_offset;
    /// Which bits of them (as a number) are drawn at random; zeros are left as they stand.
    uint16_t source_mask;
    /// Where the source port stands.
    uint16_t port_offset;
    /// Which bits of it are drawn at random.
    uint16_t port_mask;
    /// Where the checksum of the IPv4 header stands; zero where there is none.
    uint16_t checksum_offset;
    /// The folded sum of the header's sixteen-bit words, as a little-endian processor reads them,
    /// without the two that are the checksum and the drawn bits (those count as zeros).
    uint16_t header_sum;
};

/// Makes a tap device of this name in the calling thread's network namespace. It is there for as
/// long as the descriptor is open. Gives the descriptor, or a negative error number.
int packet_tap_open(const char *name);

/// Loads an XDP program that writes the frame over each packet that it sees, draws what varies, and
/// passes it to the stack. Gives a descriptor, or a negative error number. The frame has a multiple
/// of two bytes, at most 128.
int packet_program_load(
    const uint8_t *frame, size_t size, const struct packet_variation *variation);

/// Has the kernel take so many packets for arrived at the interface, and bring them through its
/// stack in the calling thread. Writes the processor time of the thread meanwhile.
/// Gives zero, or a negative error number.
int packet_inject(
    int program, const uint8_t *frame, size_t size, uint32_t interface_index, uint32_t count,
    uint64_t *nanoseconds);

/// Keeps the calling thread on one processor. Gives zero, or a negative error number.
int packet_pin(int processor);

#endif

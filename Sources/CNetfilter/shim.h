// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

#ifndef SLUICE_CNETFILTER_H
#define SLUICE_CNETFILTER_H

// Before <linux/in.h>, which then leaves out what both declare.
#include <malloc.h>
#include <netinet/in.h>

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/gen.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>
#include <linux/fib_rules.h>
#include <linux/filter.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

// <sched.h> declares these for _GNU_SOURCE only, which Swift's Glibc module does not define.
extern int setns(int descriptor, int kind);
extern int unshare(int flags);
enum { SLUICE_CLONE_NEWNET = 0x40000000 };

// Variadic functions such as syscall do not import.
#include <sys/syscall.h>
#include <unistd.h>

static inline long sluice_await_grace_period(void) {
    const int membarrier_command_global = 1;
    return syscall(SYS_membarrier, membarrier_command_global, 0, 0);
}

/* The C library's own header for it is in no Swift module. */
static inline void sluice_map_blocks_from(int bytes)
{
	mallopt(M_MMAP_THRESHOLD, bytes);
}

#endif

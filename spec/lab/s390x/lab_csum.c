// SPDX-License-Identifier: GPL-2.0
/* Right checksums in an emulated guest.
 *
 * Linux sums up packets with the instruction VCKSM. QEMU 7.2 computes that wrongly on x86_64, and without the
 * vector facility Linux 6.12 reads from address 0: either way a packet that software sums up, such as the
 * reset that refuses a connection, is dropped, and what was to be refused times out. Where the kernel's sum of
 * known bytes is wrong, its two functions are taken over by what s390 had before vectors, CKSM.
 */
#include <asm/checksum.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/string.h>

/* The arguments and the result of a function are in registers from 2 on, where it returns to is in 14. */
static int answer(struct pt_regs *regs, __wsum sum)
{
	regs->gprs[2] = (__force u32)sum;
	instruction_pointer_set(regs, regs->gprs[14]);
	return 1;
}

static int partial(struct kprobe *probe, struct pt_regs *regs)
{
	return answer(regs, cksm((void *)regs->gprs[2], regs->gprs[3], (__force __wsum)regs->gprs[4]));
}

static int copy(struct kprobe *probe, struct pt_regs *regs)
{
	void *to = (void *)regs->gprs[3];

	memcpy(to, (void *)regs->gprs[2], regs->gprs[4]);
	return answer(regs, cksm(to, regs->gprs[4], 0));
}

static struct kprobe probes[] = {
	{.symbol_name = "csum_partial", .pre_handler = partial},
	{.symbol_name = "csum_partial_copy_nocheck", .pre_handler = copy},
};

static int taken;

static int __init start(void)
{
	static const u8 known[20] = {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0xff};
	int result = 0;

	if (csum_fold(csum_partial(known, sizeof(known), 0)) == csum_fold(cksm(known, sizeof(known), 0)))
		return 0;
	for (; result == 0 && taken < ARRAY_SIZE(probes); taken += result == 0)
		result = register_kprobe(&probes[taken]);
	pr_info("lab_csum: VCKSM is wrong here: taken over by CKSM (%d)\n", result);
	return result;
}

static void __exit stop(void)
{
	while (taken > 0)
		unregister_kprobe(&probes[--taken]);
}

module_init(start);
module_exit(stop);
MODULE_DESCRIPTION("Right checksums in an emulated guest");
MODULE_LICENSE("GPL");

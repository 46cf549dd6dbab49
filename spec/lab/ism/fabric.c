// SPDX-License-Identifier: GPL-2.0
/*
 * The shared memory. A function lends out pieces of memory, DMBs, that another
 * function of the same PCHID may write to, by token; and sends it events. The
 * memory is this kernel's, so it ends where the guest does.
 */
#include <linux/hashtable.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "lab_ism.h"

struct lab_dmb {
	struct hlist_node by_token;
	struct lab_function *owner;
	struct lab_loan loan;
};

/* Guards what is below, and that nobody goes away while data or an event reaches him. */
static DEFINE_RWLOCK(fabric_lock);
static LIST_HEAD(reachable);
static DEFINE_HASHTABLE(dmbs, 10);

void lab_fabric_add(struct lab_function *function)
{
	write_lock_bh(&fabric_lock);
	list_add_tail(&function->reachable, &reachable);
	write_unlock_bh(&fabric_lock);
}

static bool same_channel(const struct lab_function *a, const struct lab_function *b)
{
	return a->z.pchid == b->z.pchid;
}

/* The others learn that a function is gone, as from the hardware. */
void lab_fabric_del(struct lab_function *function)
{
	struct lab_function *other;

	write_lock_bh(&fabric_lock);
	list_del(&function->reachable);
	list_for_each_entry(other, &reachable, reachable) {
		if (same_channel(function, other))
			lab_layer_gone(other, function->gid);
	}
	write_unlock_bh(&fabric_lock);
}

static struct lab_function *find_peer(struct lab_function *function, u64 gid)
{
	struct lab_function *other;

	list_for_each_entry(other, &reachable, reachable) {
		if (other->gid == gid && same_channel(function, other))
			return other == function && !lab_self ? NULL : other;
	}
	return NULL;
}

static struct lab_dmb *find_dmb(u64 token)
{
	struct lab_dmb *dmb;

	hash_for_each_possible(dmbs, dmb, by_token, token) {
		if (dmb->loan.token == token)
			return dmb;
	}
	return NULL;
}

int lab_fabric_query(struct lab_function *function, u64 gid)
{
	bool found;

	read_lock_bh(&fabric_lock);
	found = find_peer(function, gid);
	read_unlock_bh(&fabric_lock);
	return found ? 0 : -ENODEV;
}

/* net/smc takes references to the pages: they must be one allocation, and counted. */
static struct lab_dmb *new_dmb(struct lab_function *owner, const struct lab_loan *wanted)
{
	struct lab_dmb *dmb = kzalloc(sizeof(*dmb), GFP_KERNEL);
	struct page *pages = alloc_pages(GFP_KERNEL | __GFP_NOWARN | __GFP_NOMEMALLOC | __GFP_NORETRY |
					 __GFP_COMP | __GFP_ZERO, get_order(wanted->length));

	if (!dmb || !pages) {
		if (pages)
			put_page(pages);
		kfree(dmb);
		return NULL;
	}
	dmb->owner = owner;
	dmb->loan = *wanted;
	dmb->loan.memory = page_address(pages);
	return dmb;
}

static void free_dmb(struct lab_dmb *dmb)
{
	put_page(virt_to_page(dmb->loan.memory));
	kfree(dmb);
}

/* Gives it an index and a token; false when the function has lent out all that it can. */
static bool lend(struct lab_dmb *dmb)
{
	unsigned long *taken = dmb->owner->lent;
	unsigned int limit = lab_dmbs(dmb->owner);
	bool lent;

	write_lock_bh(&fabric_lock);
	dmb->loan.index = find_first_zero_bit(taken, limit);
	lent = dmb->loan.index < limit;
	if (lent) {
		__set_bit(dmb->loan.index, taken);
		do
			dmb->loan.token = get_random_u64();
		while (!dmb->loan.token || find_dmb(dmb->loan.token));
		hash_add(dmbs, &dmb->by_token, dmb->loan.token);
	}
	write_unlock_bh(&fabric_lock);
	return lent;
}

int lab_fabric_lend(struct lab_function *owner, struct lab_loan *loan)
{
	struct lab_dmb *dmb = new_dmb(owner, loan);

	if (!dmb)
		return -ENOMEM;
	if (!lend(dmb)) {
		free_dmb(dmb);
		return -ENOSPC;
	}
	*loan = dmb->loan;
	return 0;
}

int lab_fabric_take_back(struct lab_function *owner, u64 token)
{
	struct lab_dmb *dmb;

	write_lock_bh(&fabric_lock);
	dmb = find_dmb(token);
	if (dmb && dmb->owner == owner) {
		hash_del(&dmb->by_token);
		__clear_bit(dmb->loan.index, owner->lent);
	} else {
		dmb = NULL;
	}
	write_unlock_bh(&fabric_lock);
	if (!dmb)
		return -EINVAL;
	free_dmb(dmb);
	return 0;
}

/* A reader polls the cursors meanwhile, which are whole words: none may be seen torn. */
static void copy(void *to, const void *from, size_t size)
{
	u64 *word = to;

	if (((uintptr_t)to | (uintptr_t)from) % sizeof(u64)) {
		memcpy(to, from, size);
		return;
	}
	for (; size >= sizeof(u64); size -= sizeof(u64), from += sizeof(u64))
		WRITE_ONCE(*word++, *(const u64 *)from);
	memcpy(word, from, size);
}

int lab_fabric_move(struct lab_function *from, u64 token, unsigned int element, bool signal,
		    unsigned int offset, const void *data, unsigned int size)
{
	struct lab_loan *loan;
	struct lab_dmb *dmb;
	int rc = -EINVAL;

	read_lock_bh(&fabric_lock);
	dmb = find_dmb(token);
	loan = dmb ? &dmb->loan : NULL;
	if (dmb && same_channel(from, dmb->owner) && loan->writer == from->gid && offset <= loan->length &&
	    size <= loan->length - offset) {
		if (signal)
			copy(loan->memory + offset, data, size);
		else
			memcpy(loan->memory + offset, data, size);
		smp_wmb(); /* the data before the news of it */
		if (signal)
			lab_layer_signal(dmb->owner, loan, 1 << element);
		rc = 0;
	}
	read_unlock_bh(&fabric_lock);
	return rc;
}

/* A function that told itself of the end of a connection would end its own side twice. */
int lab_fabric_tell(struct lab_function *from, u64 gid, u32 code, u64 info)
{
	struct lab_function *peer;

	read_lock_bh(&fabric_lock);
	peer = find_peer(from, gid);
	if (peer && peer != from)
		lab_layer_told(peer, from->gid, code, info);
	read_unlock_bh(&fabric_lock);
	return peer ? 0 : -ENODEV;
}

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
	struct ism_dev *owner;
	struct ism_client *client;
	u64 token;
	u64 writer; /* GID of the function that may write */
	unsigned int index; /* in the owner, which the client knows it by */
	u32 length;
	void *memory;
};

/* Guards what is below, and that nobody goes away while data or an event reaches him. */
static DEFINE_RWLOCK(fabric_lock);
static LIST_HEAD(reachable);
static DEFINE_HASHTABLE(dmbs, 10);

static struct lab_function *function_of(struct ism_dev *ism)
{
	return lab_function_of(ism->pdev);
}

void lab_fabric_add(struct ism_dev *ism)
{
	write_lock_bh(&fabric_lock);
	list_add_tail(&ism->list, &reachable);
	write_unlock_bh(&fabric_lock);
}

static bool same_channel(struct ism_dev *a, struct ism_dev *b)
{
	return function_of(a)->z.pchid == function_of(b)->z.pchid;
}

static void send_event(struct ism_dev *to, struct ism_event *event)
{
	unsigned int i;

	for (i = 0; i < MAX_CLIENTS; i++) {
		if (to->subs[i])
			to->subs[i]->handle_event(to, event);
	}
}

/* The others learn that a function is gone, as from the hardware. */
void lab_fabric_del(struct ism_dev *ism)
{
	struct ism_event gone = { .type = ISM_EVENT_GID, .tok = ism->local_gid };
	struct ism_dev *other;

	write_lock_bh(&fabric_lock);
	list_del(&ism->list);
	list_for_each_entry(other, &reachable, list) {
		if (same_channel(ism, other))
			send_event(other, &gone);
	}
	write_unlock_bh(&fabric_lock);
}

static struct ism_dev *find_peer(struct ism_dev *ism, u64 gid)
{
	struct ism_dev *other;

	list_for_each_entry(other, &reachable, list) {
		if (other->local_gid == gid && same_channel(ism, other))
			return other == ism && !lab_self ? NULL : other;
	}
	return NULL;
}

static struct lab_dmb *find_dmb(u64 token)
{
	struct lab_dmb *dmb;

	hash_for_each_possible(dmbs, dmb, by_token, token) {
		if (dmb->token == token)
			return dmb;
	}
	return NULL;
}

/* ---- what a client can ask of a function: struct smcd_ops ---- */

static int query_remote_gid(struct smcd_dev *smcd, struct smcd_gid *gid, u32 vid_valid, u32 vid)
{
	bool found;

	read_lock_bh(&fabric_lock);
	found = find_peer(smcd->priv, gid->gid);
	read_unlock_bh(&fabric_lock);
	return found ? 0 : -ENODEV;
}

/* net/smc takes references to the pages: they must be one allocation, and counted. */
static struct lab_dmb *new_dmb(struct ism_dev *owner, const struct smcd_dmb *wanted)
{
	struct lab_dmb *dmb = kzalloc(sizeof(*dmb), GFP_KERNEL);
	struct page *pages = alloc_pages(GFP_KERNEL | __GFP_NOWARN | __GFP_NOMEMALLOC | __GFP_NORETRY |
					 __GFP_COMP | __GFP_ZERO, get_order(wanted->dmb_len));

	if (!dmb || !pages) {
		if (pages)
			put_page(pages);
		kfree(dmb);
		return NULL;
	}
	dmb->owner = owner;
	dmb->writer = wanted->rgid;
	dmb->length = wanted->dmb_len;
	dmb->memory = page_address(pages);
	return dmb;
}

static void free_dmb(struct lab_dmb *dmb)
{
	put_page(virt_to_page(dmb->memory));
	kfree(dmb);
}

/* Gives it an index and a token; false when the function has lent out all that it can. */
static bool lend(struct lab_dmb *dmb)
{
	unsigned long *taken = dmb->owner->sba_bitmap;
	unsigned int limit = lab_dmbs(function_of(dmb->owner));
	bool lent;

	write_lock_bh(&fabric_lock);
	dmb->index = find_first_zero_bit(taken, limit);
	lent = dmb->index < limit;
	if (lent) {
		__set_bit(dmb->index, taken);
		do
			dmb->token = get_random_u64();
		while (!dmb->token || find_dmb(dmb->token));
		hash_add(dmbs, &dmb->by_token, dmb->token);
	}
	write_unlock_bh(&fabric_lock);
	return lent;
}

static int register_dmb(struct smcd_dev *smcd, struct smcd_dmb *wanted, void *client)
{
	struct lab_dmb *dmb = new_dmb(smcd->priv, wanted);

	if (!dmb)
		return -ENOMEM;
	dmb->client = client;
	if (!lend(dmb)) {
		free_dmb(dmb);
		return -ENOSPC;
	}
	wanted->sba_idx = dmb->index;
	wanted->dmb_tok = dmb->token;
	wanted->cpu_addr = dmb->memory;
	wanted->dma_addr = (dma_addr_t)(uintptr_t)dmb->memory; /* not 0 is what counts */
	return 0;
}

static int unregister_dmb(struct smcd_dev *smcd, struct smcd_dmb *given)
{
	struct ism_dev *ism = smcd->priv;
	struct lab_dmb *dmb;

	write_lock_bh(&fabric_lock);
	dmb = find_dmb(given->dmb_tok);
	if (dmb && dmb->owner == ism) {
		hash_del(&dmb->by_token);
		__clear_bit(dmb->index, ism->sba_bitmap);
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

static int move_data(struct smcd_dev *smcd, u64 token, unsigned int element, bool signal,
		     unsigned int offset, void *data, unsigned int size)
{
	struct ism_dev *ism = smcd->priv;
	struct lab_dmb *dmb;
	int rc = -EINVAL;

	read_lock_bh(&fabric_lock);
	dmb = find_dmb(token);
	if (dmb && same_channel(ism, dmb->owner) && dmb->writer == ism->local_gid &&
	    offset <= dmb->length && size <= dmb->length - offset) {
		if (signal)
			copy(dmb->memory + offset, data, size);
		else
			memcpy(dmb->memory + offset, data, size);
		smp_wmb(); /* the data before the news of it */
		if (signal)
			dmb->client->handle_irq(dmb->owner, dmb->index, 1 << element);
		rc = 0;
	}
	read_unlock_bh(&fabric_lock);
	return rc;
}

/* A function that told itself of the end of a connection would end its own side twice. */
static int signal_event(struct smcd_dev *smcd, struct smcd_gid *gid, u32 trigger, u32 code, u64 info)
{
	struct ism_dev *ism = smcd->priv, *peer;
	struct ism_event event = {
		.type = ISM_EVENT_SWR, .code = code, .tok = ism->local_gid, .info = info,
	};

	read_lock_bh(&fabric_lock);
	peer = find_peer(ism, gid->gid);
	if (peer && peer != ism)
		send_event(peer, &event);
	read_unlock_bh(&fabric_lock);
	return peer ? 0 : -ENODEV;
}

static int supports_v2(void)
{
	return 1;
}

static void get_local_gid(struct smcd_dev *smcd, struct smcd_gid *gid)
{
	struct ism_dev *ism = smcd->priv;

	gid->gid = ism->local_gid;
	gid->gid_ext = 0;
}

static u16 get_chid(struct smcd_dev *smcd)
{
	return function_of(smcd->priv)->z.pchid;
}

static struct device *get_dev(struct smcd_dev *smcd)
{
	struct ism_dev *ism = smcd->priv;

	return &ism->dev;
}

/* VLANs: every function is in all of them. */
static int any_vlan(struct smcd_dev *smcd, u64 vlan)
{
	return 0;
}

static const struct smcd_ops ops = {
	.query_remote_gid = query_remote_gid,
	.register_dmb = register_dmb,
	.unregister_dmb = unregister_dmb,
	.move_data = move_data,
	.supports_v2 = supports_v2,
	.get_local_gid = get_local_gid,
	.get_chid = get_chid,
	.get_dev = get_dev,
	.add_vlan_id = any_vlan,
	.del_vlan_id = any_vlan,
	.signal_event = signal_event,
};

const struct smcd_ops *ism_get_smcd_ops(void)
{
	return &ops;
}
EXPORT_SYMBOL_GPL(ism_get_smcd_ops);

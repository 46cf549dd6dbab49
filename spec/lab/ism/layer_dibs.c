// SPDX-License-Identifier: GPL-2.0
/*
 * A device of <linux/dibs.h> for each function, with the name and the GID that
 * those of the kernel's own driver for s390 have.
 */
#include <linux/dibs.h>

#include "lab_ism.h"

/* A GID of ISM is the first half of a UUID, in network byte order. */
static u64 from_uuid(const uuid_t *uuid)
{
	__be64 gid;

	memcpy(&gid, uuid, sizeof(gid));
	return be64_to_cpu(gid);
}

static void to_uuid(uuid_t *uuid, u64 gid)
{
	__be64 half = cpu_to_be64(gid);

	memset(uuid, 0, sizeof(*uuid));
	memcpy(uuid, &half, sizeof(half));
}

/* ---- what the fabric tells ---- */

static void send_event(struct lab_function *to, struct dibs_event *event, u64 gid)
{
	struct dibs_dev *dibs = to->device;
	unsigned long flags;
	unsigned int i;

	to_uuid(&event->gid, gid);
	spin_lock_irqsave(&dibs->lock, flags);
	for (i = 0; i < MAX_DIBS_CLIENTS; i++) {
		if (dibs->subs[i])
			dibs->subs[i]->ops->handle_event(dibs, event);
	}
	spin_unlock_irqrestore(&dibs->lock, flags);
}

void lab_layer_gone(struct lab_function *function, u64 gid)
{
	struct dibs_event gone = { .type = DIBS_DEV_EVENT, .subtype = DIBS_DEV_DISABLED };

	send_event(function, &gone, gid);
}

void lab_layer_told(struct lab_function *function, u64 gid, u32 code, u64 info)
{
	struct dibs_event event = { .type = DIBS_SW_EVENT, .subtype = code, .data = info };

	send_event(function, &event, gid);
}

void lab_layer_signal(struct lab_function *owner, const struct lab_loan *loan, u16 mask)
{
	struct dibs_dev *dibs = owner->device;
	unsigned long flags;
	u8 id;

	spin_lock_irqsave(&dibs->lock, flags);
	id = dibs->dmb_clientid_arr[loan->index];
	if (id != NO_DIBS_CLIENT && dibs->subs[id])
		dibs->subs[id]->ops->handle_irq(dibs, loan->index, mask);
	spin_unlock_irqrestore(&dibs->lock, flags);
}

/* ---- what a client can ask of a function ---- */

static u16 get_fabric_id(struct dibs_dev *dibs)
{
	struct lab_function *function = dibs->drv_priv;

	return function->z.pchid;
}

static int query_remote_gid(struct dibs_dev *dibs, const uuid_t *gid, u32 vid_valid, u32 vid)
{
	return lab_fabric_query(dibs->drv_priv, from_uuid(gid));
}

static int max_dmbs(void)
{
	return LAB_MAX_DMBS;
}

static void set_client(struct dibs_dev *dibs, unsigned int index, u8 id)
{
	unsigned long flags;

	spin_lock_irqsave(&dibs->lock, flags);
	dibs->dmb_clientid_arr[index] = id;
	spin_unlock_irqrestore(&dibs->lock, flags);
}

static int register_dmb(struct dibs_dev *dibs, struct dibs_dmb *wanted, struct dibs_client *client)
{
	struct lab_loan loan = { .writer = from_uuid(&wanted->rgid), .length = wanted->dmb_len };
	int rc = lab_fabric_lend(dibs->drv_priv, &loan);

	if (rc)
		return rc;
	set_client(dibs, loan.index, client->id);
	wanted->idx = loan.index;
	wanted->dmb_tok = loan.token;
	wanted->cpu_addr = loan.memory;
	wanted->dma_addr = (dma_addr_t)(uintptr_t)loan.memory; /* not 0 is what counts */
	return 0;
}

static int unregister_dmb(struct dibs_dev *dibs, struct dibs_dmb *given)
{
	set_client(dibs, given->idx, NO_DIBS_CLIENT);
	return lab_fabric_take_back(dibs->drv_priv, given->dmb_tok);
}

static int move_data(struct dibs_dev *dibs, u64 token, unsigned int element, bool signal,
		     unsigned int offset, void *data, unsigned int size)
{
	return lab_fabric_move(dibs->drv_priv, token, element, signal, offset, data, size);
}

static int signal_event(struct dibs_dev *dibs, const uuid_t *gid, u32 trigger, u32 code, u64 info)
{
	return lab_fabric_tell(dibs->drv_priv, from_uuid(gid), code, info);
}

/* VLANs: every function is in all of them. */
static int any_vlan(struct dibs_dev *dibs, u64 vlan)
{
	return 0;
}

static const struct dibs_dev_ops ops = {
	.get_fabric_id = get_fabric_id,
	.query_remote_gid = query_remote_gid,
	.max_dmbs = max_dmbs,
	.register_dmb = register_dmb,
	.unregister_dmb = unregister_dmb,
	.move_data = move_data,
	.add_vlan_id = any_vlan,
	.del_vlan_id = any_vlan,
	.signal_event = signal_event,
};

int lab_layer_add(struct lab_function *function, struct pci_dev *pdev)
{
	struct dibs_dev *dibs = dibs_dev_alloc();
	int rc;

	if (!dibs)
		return -ENOMEM;
	dibs->drv_priv = function;
	dibs->ops = &ops;
	to_uuid(&dibs->gid, function->gid);
	dibs->dev.parent = &pdev->dev;
	dev_set_name(&dibs->dev, "ism%x", function->uid ? function->uid : function->z.fid);
	function->device = dibs;
	lab_fabric_add(function);
	rc = dibs_dev_add(dibs);
	if (rc) {
		lab_fabric_del(function);
		put_device(&dibs->dev);
	}
	return rc;
}

/* The clients first: while they say good-bye to their peers, the function must still work. */
void lab_layer_del(struct lab_function *function)
{
	struct dibs_dev *dibs = function->device;

	dibs_dev_del(dibs);
	lab_fabric_del(function);
	put_device(&dibs->dev);
}

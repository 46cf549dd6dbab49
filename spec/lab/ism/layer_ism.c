// SPDX-License-Identifier: GPL-2.0
/*
 * The clients of <linux/ism.h>, which are told of every function that comes and
 * goes, and what they can ask of it. The only client is net/smc. As in the
 * kernel's own driver for s390, a client hears nothing of a device, neither of
 * data nor of events, before add() has returned and from remove() on.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "lab_ism.h"

#include <linux/ism.h> /* wants struct device known */
#include <net/smc.h>

static DEFINE_MUTEX(mutex); /* guards both lists, and holds them still for the callbacks */
static struct ism_client *clients[MAX_CLIENTS];
static struct ism_dev *devices[LAB_MAX_FUNCTIONS];

static void forward_to(struct ism_dev *ism, unsigned int id, struct ism_client *client)
{
	unsigned long flags;

	spin_lock_irqsave(&ism->lock, flags);
	ism->subs[id] = client;
	spin_unlock_irqrestore(&ism->lock, flags);
}

int ism_register_client(struct ism_client *client)
{
	int rc = -ENOSPC;
	unsigned int i;

	mutex_lock(&mutex);
	for (i = 0; i < MAX_CLIENTS && clients[i]; i++)
		;
	if (i < MAX_CLIENTS) {
		client->id = i;
		clients[i] = client;
		rc = 0;
	}
	for (i = 0; !rc && i < LAB_MAX_FUNCTIONS; i++) {
		if (!devices[i])
			continue;
		client->add(devices[i]);
		forward_to(devices[i], client->id, client);
	}
	mutex_unlock(&mutex);
	return rc;
}
EXPORT_SYMBOL_GPL(ism_register_client);

int ism_unregister_client(struct ism_client *client)
{
	unsigned int i;

	mutex_lock(&mutex);
	for (i = 0; i < LAB_MAX_FUNCTIONS; i++) {
		if (!devices[i])
			continue;
		forward_to(devices[i], client->id, NULL);
		client->remove(devices[i]);
	}
	clients[client->id] = NULL;
	mutex_unlock(&mutex);
	return 0;
}
EXPORT_SYMBOL_GPL(ism_unregister_client);

static void release(struct device *dev)
{
	kfree(container_of(dev, struct ism_dev, dev));
}

static int add_device(struct lab_function *function, struct pci_dev *pdev, struct ism_dev *ism)
{
	ism->pdev = pdev;
	ism->local_gid = function->gid;
	spin_lock_init(&ism->lock);
	spin_lock_init(&ism->cmd_lock);
	ism->dev.parent = &pdev->dev;
	ism->dev.release = release;
	dev_set_name(&ism->dev, "%s", pci_name(pdev));
	return device_register(&ism->dev);
}

int lab_layer_add(struct lab_function *function, struct pci_dev *pdev)
{
	struct ism_dev *ism = kzalloc(sizeof(*ism), GFP_KERNEL);
	unsigned int i;
	int rc;

	if (!ism)
		return -ENOMEM;
	rc = add_device(function, pdev, ism);
	if (rc) {
		put_device(&ism->dev);
		return rc;
	}
	mutex_lock(&mutex);
	function->device = ism;
	devices[function - lab_functions] = ism;
	lab_fabric_add(function);
	for (i = 0; i < MAX_CLIENTS; i++) {
		if (!clients[i])
			continue;
		clients[i]->add(ism);
		forward_to(ism, i, clients[i]);
	}
	mutex_unlock(&mutex);
	return 0;
}

/* The client first: while it says good-bye to its peers, the function must still work. */
void lab_layer_del(struct lab_function *function)
{
	struct ism_dev *ism = function->device;
	unsigned int i;

	mutex_lock(&mutex);
	for (i = 0; i < MAX_CLIENTS; i++) {
		if (!clients[i])
			continue;
		forward_to(ism, i, NULL);
		clients[i]->remove(ism);
	}
	lab_fabric_del(function);
	devices[function - lab_functions] = NULL;
	mutex_unlock(&mutex);
	device_unregister(&ism->dev);
}

/* ---- what the fabric tells ---- */

static void send_event(struct lab_function *to, struct ism_event *event)
{
	struct ism_dev *ism = to->device;
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&ism->lock, flags);
	for (i = 0; i < MAX_CLIENTS; i++) {
		if (ism->subs[i])
			ism->subs[i]->handle_event(ism, event);
	}
	spin_unlock_irqrestore(&ism->lock, flags);
}

void lab_layer_gone(struct lab_function *function, u64 gid)
{
	struct ism_event gone = { .type = ISM_EVENT_GID, .tok = gid };

	send_event(function, &gone);
}

void lab_layer_told(struct lab_function *function, u64 gid, u32 code, u64 info)
{
	struct ism_event event = { .type = ISM_EVENT_SWR, .code = code, .tok = gid, .info = info };

	send_event(function, &event);
}

void lab_layer_signal(struct lab_function *owner, const struct lab_loan *loan, u16 mask)
{
	struct ism_client *client = loan->client;
	struct ism_dev *ism = owner->device;
	unsigned long flags;

	spin_lock_irqsave(&ism->lock, flags);
	if (ism->subs[client->id])
		client->handle_irq(ism, loan->index, mask);
	spin_unlock_irqrestore(&ism->lock, flags);
}

/* ---- what a client can ask of a function: struct smcd_ops ---- */

static struct lab_function *function_of(struct smcd_dev *smcd)
{
	struct ism_dev *ism = smcd->priv;

	return lab_function_of(ism->pdev);
}

static int query_remote_gid(struct smcd_dev *smcd, struct smcd_gid *gid, u32 vid_valid, u32 vid)
{
	return lab_fabric_query(function_of(smcd), gid->gid);
}

static int register_dmb(struct smcd_dev *smcd, struct smcd_dmb *wanted, void *client)
{
	struct lab_loan loan = { .client = client, .writer = wanted->rgid, .length = wanted->dmb_len };
	int rc = lab_fabric_lend(function_of(smcd), &loan);

	if (rc)
		return rc;
	wanted->sba_idx = loan.index;
	wanted->dmb_tok = loan.token;
	wanted->cpu_addr = loan.memory;
	wanted->dma_addr = (dma_addr_t)(uintptr_t)loan.memory; /* not 0 is what counts */
	return 0;
}

static int unregister_dmb(struct smcd_dev *smcd, struct smcd_dmb *given)
{
	return lab_fabric_take_back(function_of(smcd), given->dmb_tok);
}

static int move_data(struct smcd_dev *smcd, u64 token, unsigned int element, bool signal,
		     unsigned int offset, void *data, unsigned int size)
{
	return lab_fabric_move(function_of(smcd), token, element, signal, offset, data, size);
}

static int signal_event(struct smcd_dev *smcd, struct smcd_gid *gid, u32 trigger, u32 code, u64 info)
{
	return lab_fabric_tell(function_of(smcd), gid->gid, code, info);
}

static int supports_v2(void)
{
	return 1;
}

static void get_local_gid(struct smcd_dev *smcd, struct smcd_gid *gid)
{
	gid->gid = function_of(smcd)->gid;
	gid->gid_ext = 0;
}

static u16 get_chid(struct smcd_dev *smcd)
{
	return function_of(smcd)->z.pchid;
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

// SPDX-License-Identifier: GPL-2.0
/*
 * The driver of the functions, and its clients, which are told of every function
 * that comes and goes. The only client is net/smc.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "lab_ism.h"

static DEFINE_MUTEX(mutex); /* guards both lists, and holds them still for the callbacks */
static struct ism_client *clients[MAX_CLIENTS];
static struct ism_dev *devices[LAB_MAX_FUNCTIONS];

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
		devices[i]->subs[client->id] = client;
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
		client->remove(devices[i]);
		devices[i]->subs[client->id] = NULL;
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

static int add_device(struct pci_dev *pdev, struct ism_dev *ism)
{
	ism->pdev = pdev;
	ism->local_gid = lab_function_of(pdev)->gid;
	spin_lock_init(&ism->lock);
	spin_lock_init(&ism->cmd_lock);
	ism->dev.parent = &pdev->dev;
	ism->dev.release = release;
	dev_set_name(&ism->dev, "%s", pci_name(pdev));
	return device_register(&ism->dev);
}

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct ism_dev *ism;
	unsigned int i;
	int rc;

	if (!lab_function_of(pdev))
		return -ENODEV;
	ism = kzalloc(sizeof(*ism), GFP_KERNEL);
	if (!ism)
		return -ENOMEM;
	rc = pci_enable_device_mem(pdev);
	if (rc) {
		kfree(ism);
		return rc;
	}
	rc = add_device(pdev, ism);
	if (rc) {
		put_device(&ism->dev);
		pci_disable_device(pdev);
		return rc;
	}
	pci_set_drvdata(pdev, ism);

	mutex_lock(&mutex);
	devices[PCI_SLOT(pdev->devfn)] = ism;
	lab_fabric_add(ism);
	for (i = 0; i < MAX_CLIENTS; i++) {
		if (!clients[i])
			continue;
		clients[i]->add(ism);
		ism->subs[i] = clients[i];
	}
	mutex_unlock(&mutex);
	return 0;
}

/* The client first: while it says good-bye to its peers, the function must still work. */
static void remove(struct pci_dev *pdev)
{
	struct ism_dev *ism = pci_get_drvdata(pdev);
	unsigned int i;

	mutex_lock(&mutex);
	for (i = 0; i < MAX_CLIENTS; i++) {
		if (clients[i])
			clients[i]->remove(ism);
	}
	lab_fabric_del(ism);
	devices[PCI_SLOT(pdev->devfn)] = NULL;
	mutex_unlock(&mutex);
	pci_disable_device(pdev);
	device_unregister(&ism->dev);
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(LAB_VENDOR, LAB_DEVICE) },
	{ 0 },
};
MODULE_DEVICE_TABLE(pci, ids);

static struct pci_driver driver = {
	.name = "ism",
	.id_table = ids,
	.probe = probe,
	.remove = remove,
};

int lab_client_init(void)
{
	return pci_register_driver(&driver);
}

void lab_client_exit(void)
{
	pci_unregister_driver(&driver);
}

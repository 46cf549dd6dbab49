// SPDX-License-Identifier: GPL-2.0
/* The driver of the functions. */
#include <linux/module.h>

#include "lab_ism.h"

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct lab_function *function = lab_function_of(pdev);
	int rc;

	if (!function)
		return -ENODEV;
	rc = pci_enable_device_mem(pdev);
	if (rc)
		return rc;
	rc = lab_layer_add(function, pdev);
	if (rc)
		pci_disable_device(pdev);
	return rc;
}

static void remove(struct pci_dev *pdev)
{
	lab_layer_del(lab_function_of(pdev));
	pci_disable_device(pdev);
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

int lab_driver_init(void)
{
	return pci_register_driver(&driver);
}

void lab_driver_exit(void)
{
	pci_unregister_driver(&driver);
}

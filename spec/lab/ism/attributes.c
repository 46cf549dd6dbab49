// SPDX-License-Identifier: GPL-2.0
/*
 * The files that a PCI function has in sysfs on s390, in the formats of s390; and
 * the PNET ID, which is in one of them.
 */
#include "lab_ism.h"

#define PORTS 4 /* with a PNET ID each in util_string */
#define EBCDIC_BLANK 0x40
#define PFT_ISM 0x05

/* A file `name` with what `format` makes of `value`, which may use `function`. */
#define ATTRIBUTE(name, format, value)                                                             \
	static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)  \
	{                                                                                          \
		struct lab_function *function __maybe_unused = lab_function_of(to_pci_dev(dev));  \
                                                                                                   \
		return sysfs_emit(buf, format "\n", value);                                        \
	}                                                                                          \
	static DEVICE_ATTR_RO(name)

ATTRIBUTE(function_id, "0x%08x", function->z.fid);
/* Bit 31 stands for "enabled"; the rest numbers the functions of the machine. */
ATTRIBUTE(function_handle, "0x%08x", 0x80020000U + (u32)(function - lab_functions));
ATTRIBUTE(pchid, "0x%04x", function->z.pchid);
ATTRIBUTE(pfgid, "0x%02x", 0xff);
ATTRIBUTE(pft, "0x%02x", PFT_ISM);
ATTRIBUTE(port, "%d", 0);
ATTRIBUTE(vfn, "0x%04x", function->vfn);
ATTRIBUTE(uid, "0x%x", function->uid);
ATTRIBUTE(index, "%u", function->uid);
ATTRIBUTE(uid_is_unique, "%d", 1);
ATTRIBUTE(mio_enabled, "%d", 0);
ATTRIBUTE(segment0, "0x%02x", 0);
ATTRIBUTE(segment1, "0x%02x", 0);
ATTRIBUTE(segment2, "0x%02x", 0);
ATTRIBUTE(segment3, "0x%02x", 0);

/* Letters are in three runs with gaps between them. */
static u8 ebcdic(char c)
{
	if (c <= '9')
		return 0xf0 + (c - '0');
	if (c <= 'I')
		return 0xc1 + (c - 'A');
	if (c <= 'R')
		return 0xd1 + (c - 'J');
	return 0xe2 + (c - 'S');
}

static ssize_t util_string_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr,
				char *buf, loff_t offset, size_t count)
{
	struct lab_function *function = lab_function_of(to_pci_dev(kobj_to_dev(kobj)));
	u8 fields[PORTS * LAB_PNETID_LEN] = { 0 };
	size_t i;

	if (function->pnetid[0]) {
		memset(fields, EBCDIC_BLANK, LAB_PNETID_LEN);
		for (i = 0; function->pnetid[i]; i++)
			fields[i] = ebcdic(function->pnetid[i]);
	}
	return memory_read_from_buffer(buf, count, &offset, fields, sizeof(fields));
}
static BIN_ATTR_RO(util_string, PORTS * LAB_PNETID_LEN);

int pnet_id_by_dev_port(struct device *dev, unsigned short port, u8 *pnetid)
{
	struct lab_function *function = NULL;
	size_t length;

	if (dev && dev_is_pci(dev))
		function = lab_function_of(to_pci_dev(dev));
	if (!function || port || !function->pnetid[0])
		return -ENOENT;
	length = strlen(function->pnetid);
	memcpy(pnetid, function->pnetid, length);
	memset(pnetid + length, ' ', LAB_PNETID_LEN - length);
	return 0;
}
EXPORT_SYMBOL_GPL(pnet_id_by_dev_port);

static struct attribute *function_files[] = {
	&dev_attr_function_id.attr, &dev_attr_function_handle.attr, &dev_attr_pchid.attr,
	&dev_attr_pfgid.attr, &dev_attr_pft.attr, &dev_attr_port.attr, &dev_attr_vfn.attr,
	&dev_attr_uid.attr, &dev_attr_index.attr, &dev_attr_uid_is_unique.attr,
	&dev_attr_mio_enabled.attr, NULL,
};

static struct bin_attribute *binary_files[] = { &bin_attr_util_string, NULL };

static struct attribute *path_files[] = {
	&dev_attr_segment0.attr, &dev_attr_segment1.attr, &dev_attr_segment2.attr,
	&dev_attr_segment3.attr, NULL,
};

static const struct attribute_group function_group = {
	.attrs = function_files, .bin_attrs = binary_files,
};

static const struct attribute_group path_group = { .name = "pfip", .attrs = path_files };

static const struct attribute_group *groups[] = { &function_group, &path_group, NULL };

/*
 * Called for every PCI device that comes, before user space hears of it, however
 * that is brought about: by the slot or by a scan of the bus. The files go with it.
 */
static int on_device(struct notifier_block *self, unsigned long action, void *data)
{
	struct device *dev = data;

	if (action == BUS_NOTIFY_ADD_DEVICE && lab_function_of(to_pci_dev(dev)) &&
	    sysfs_create_groups(&dev->kobj, groups))
		dev_err(dev, "no files in sysfs\n");
	return NOTIFY_OK;
}

static struct notifier_block notifier = { .notifier_call = on_device };

int lab_attributes_init(void)
{
	return bus_register_notifier(&pci_bus_type, &notifier);
}

void lab_attributes_exit(void)
{
	bus_unregister_notifier(&pci_bus_type, &notifier);
}

/* SPDX-License-Identifier: GPL-2.0 */
/* What drivers/dibs and net/smc of Linux 7.2 ask of a kernel, in the words of 6.12. LACKS_… says what the kernel's
 * headers do not have: its version does not, since stable kernels take such words over with later repairs. */
#ifndef LAB_NEWER_H
#define LAB_NEWER_H

/* Allocations take the object in place of its size. */
#ifdef LACKS_kzalloc_obj
#define lab_gfp(...) lab_gfp_of(__VA_ARGS__ __VA_OPT__(,) GFP_KERNEL, )
#define lab_gfp_of(gfp, ...) gfp
#define kmalloc_obj(object, ...) ((typeof(object) *)kmalloc(sizeof(object), lab_gfp(__VA_ARGS__)))
#define kzalloc_obj(object, ...) ((typeof(object) *)kzalloc(sizeof(object), lab_gfp(__VA_ARGS__)))
#define kzalloc_objs(object, count, ...) \
	((typeof(object) *)kcalloc(count, sizeof(object), lab_gfp(__VA_ARGS__)))
#define kmalloc_flex(object, member, count, ...) \
	((typeof(object) *)kmalloc(struct_size_t(typeof(object), member, count), lab_gfp(__VA_ARGS__)))
#define kzalloc_flex(object, member, count, ...) \
	((typeof(object) *)kzalloc(struct_size_t(typeof(object), member, count), lab_gfp(__VA_ARGS__)))
#endif

/* An address of unknown length has a type of its own. */
#ifdef LACKS_sockaddr_unsized
#define sockaddr_unsized sockaddr
#endif

/* Work queues say that they are of one processor. */
#ifdef LACKS_WQ_PERCPU
#define WQ_PERCPU 0
#endif
#ifdef LACKS_system_percpu_wq
#define system_percpu_wq system_wq
#endif

/* The owner of a socket is asked for. */
#ifdef LACKS_sk_uid
#define sk_uid(sk) READ_ONCE((sk)->sk_uid)
#endif

#ifdef LACKS_secs_to_jiffies
#define secs_to_jiffies(seconds) ((unsigned long)(seconds) * HZ)
#endif

#endif

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualMachineOf } from './virtual-machine.js'

const find = (...args: readonly string[]) => virtualMachineOf(args.map((arg) => `${arg}\0`).join(''))
const uuid = 'c0ffee00-1111-2222-3333-444455556666'

describe('virtualMachineOf', () => {
  it('reads what libvirt starts', () => {
    const args = ['/usr/bin/qemu-system-x86_64', '-name', 'guest=web,,1,debug-threads=on', '-uuid', uuid]
    assert.deepEqual(find(...args), { id: uuid, name: 'web,1', hypervisor: 'kvm' })
  })

  it('reads the names that Red Hat and old Debian give QEMU', () => {
    assert.deepEqual(find('/usr/libexec/qemu-kvm', '-name', 'db'), { id: 'db', name: 'db', hypervisor: 'kvm' })
    assert.deepEqual(find('/usr/bin/kvm', '-name=old'), { id: 'old', name: 'old', hypervisor: 'kvm' })
  })

  it('makes an id from the command line where there is none', () => {
    const found = find('qemu-system-aarch64', '-m', '512')
    assert.match(found?.id ?? '', /^[0-9a-f]{16}$/)
    assert.equal(found?.name, `kvm-${found?.id.slice(0, 8)}`)
    assert.notEqual(find('qemu-system-aarch64', '-m', '513')?.id, found?.id)
  })

  it('knows VirtualBox, VMware and Xen', () => {
    const box = find('/usr/lib/virtualbox/VBoxHeadless', '--comment', 'win', '--startvm', uuid)
    assert.deepEqual(box, { id: uuid, name: 'win', hypervisor: 'virtualbox' })
    const vmware = find('/usr/lib/vmware/bin/vmware-vmx', '-x', '/vms/a b/mail.vmx')
    assert.deepEqual(vmware, { id: 'mail', name: 'mail', hypervisor: 'vmware' })
    const xen = find('/usr/lib/xen/bin/qemu-system-i386', '-xen-domid', '12', '-name', 'dom')
    assert.deepEqual(xen, { id: '12', name: 'dom', hypervisor: 'xen' })
  })

  it('takes no other program for one', () => {
    for (const program of ['', 'vi', '/usr/bin/qemu-img', '/usr/bin/qemu-nbd', '/opt/kvm-monitor', 'grep']) {
      assert.equal(find(program, 'qemu-system-x86_64', '-name', 'x'), undefined, program)
    }
  })

  it('takes every way to say a name and an id', () => {
    for (const option of ['startvm', '-startvm', '--startvm']) {
      assert.equal(find('VBoxSDL', option, uuid)?.id, uuid, option)
    }
    assert.equal(find('VirtualBoxVM', '-comment', 'mac', '--startvm', uuid)?.name, 'mac')
    assert.deepEqual(find('VBoxHeadless', '--startvm', uuid)?.name, `virtualbox-${uuid.slice(0, 8)}`)
    assert.equal(find('qemu-kvm', '-name', 'a,,b')?.name, 'a,b')
    assert.equal(find('qemu-kvm', '-name', 'debug-threads=on,guest=x')?.name, 'x')
    assert.equal(find('qemu-kvm', '-name', '', '-uuid', uuid)?.name, 'kvm-c0ffee00')
    assert.equal(find('qemu-kvm', '-name', 'x', '-uuid', '')?.id, 'x')
    assert.match(find('vmware-vmx', 'plain.vmx')?.name ?? '', /^plain$/)
    assert.match(find('vmware-vmx', 'none')?.id ?? '', /^[0-9a-f]{16}$/)
  })

  it('goes by the program alone, wherever it is', () => {
    for (const program of ['kvm', '/a/kvm', 'qemu-system-s390x'])
      assert.equal(find(program)?.hypervisor, 'kvm', program)
    for (const program of [
      'xkvm',
      'kvm2',
      '/usr/bin/kvm/x',
      'qemu-system-',
      'VBoxHeadless2',
      'xvmware-vmx',
      'vmware-vmxs',
    ]) {
      assert.equal(find(program), undefined, program)
    }
  })
})

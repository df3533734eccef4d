import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { containerOf } from './container.js'

const id = 'a1b2c3d4'.repeat(8)
const inner = '0f'.repeat(32)
const uid = '6c9d04cf-1e5b-4d4e-9d3c-0123456789ab'
const uidOfSlice = uid.replaceAll('-', '_')

/** What a cgroup path is: runtime, id, pod. */
const paths: readonly (readonly [string, string, string?, string?])[] = [
  [`/docker/${id}`, 'docker'],
  [`/system.slice/docker-${id}.scope`, 'docker'],
  [`/docker/${id}/init.scope`, 'docker'],
  [
    `/system.slice/containerd.service/kubepods-burstable-pod${uidOfSlice}.slice:cri-containerd:${id}`,
    'containerd',
    id,
    uid,
  ],
  [
    `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${uidOfSlice}.slice/cri-containerd-${id}.scope`,
    'containerd',
    id,
    uid,
  ],
  [`/kubepods.slice/kubepods-pod${uidOfSlice}.slice/crio-${id}.scope`, 'crio', id, uid],
  [`/kubepods.slice/kubepods-pod${uidOfSlice}.slice/crio-${id}`, 'crio', id, uid],
  [`/kubepods.slice/kubepods-pod${uidOfSlice}.slice/docker-${id}.scope`, 'docker', id, uid],
  [`/kubepods/burstable/pod${uid}/${id}`, 'kubernetes', id, uid],
  [`/kubepods/pod${uid.replaceAll('-', '')}/${id}`, 'kubernetes', id, uid.replaceAll('-', '')],
  [`/containerd/${id}`, 'containerd'],
  [`/machine.slice/libpod-${id}.scope`, 'podman'],
  [`/machine.slice/libpod-${id}.scope/container`, 'podman'],
  [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope`, 'podman'],
  [`/machine.slice/libpod-payload-${id}`, 'podman'],
  [`/docker/${id}/docker/${inner}`, 'docker', inner],
  [`/docker/${id}/kubelet/kubepods/pod${uid}/${inner}`, 'kubernetes', inner, uid],
  [`/../../pod${uid}/${id}`, 'kubernetes', id, uid],
  [`/ecs/task/${id}`, 'unknown'],
  ['/machine.slice/machine-web\\x2d1.scope', 'systemd-nspawn', 'web-1'],
  ['/machine.slice/systemd-nspawn@db.service/payload', 'systemd-nspawn', 'db'],
  ['/lxc.payload.web/system.slice', 'lxc', 'web'],
  ['/lxc/web/init.scope', 'lxc', 'web'],
]

/** What looks like a container and is none. */
const others = [
  '/',
  '/init.scope',
  '/system.slice/docker.service',
  '/system.slice/crio.service',
  `/machine.slice/libpod-conmon-${id}.scope`,
  `/kubepods.slice/kubepods-pod${uidOfSlice}.slice/crio-conmon-${id}.scope`,
  `/kubepods.slice/kubepods-pod${uidOfSlice}.slice`,
  '/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator',
  '/docker/short',
  '/user.slice/user-1000.slice/session-2.scope',
]

describe('containerOf', () => {
  for (const [path, runtime, expected = id, pod] of paths) {
    it(`finds ${runtime} in ${path.replaceAll(id, '<id>').replaceAll(inner, '<inner>')}`, () => {
      const found = containerOf(`0::${path}\n`)
      assert.deepEqual([found?.runtime, found?.id, found?.podId], [runtime, expected, pod])
    })
  }

  for (const path of others) {
    it(`finds none in ${path.replaceAll(id, '<id>')}`, () => assert.equal(containerOf(`0::${path}\n`), undefined))
  }

  it('finds it in any hierarchy of cgroup v1, and takes the path of the one that counts time', () => {
    const text = [
      `12:memory:/docker/${id}/deeper`,
      '11:pids:/',
      `4:cpu,cpuacct:/docker/${id}/other`,
      '1:name=systemd:/user.slice',
      '0::/',
    ].join('\n')
    assert.deepEqual(containerOf(text)?.cgroup, { controllers: 'cpu,cpuacct', path: `/docker/${id}` })
  })

  it('goes as deep as need be, and refuses endless paths', () => {
    const deep = '/a'.repeat(200)
    assert.equal(containerOf(`0::${deep}/docker/${id}${deep}\n`)?.id, id)
    assert.equal(containerOf(`0::/docker/${id}${'/a'.repeat(10_000)}\n`), undefined)
  })

  it('finds none in a line without its second colon, and the pod also in a path without its first slash', () => {
    assert.equal(containerOf(`0:/docker/${id}\n`), undefined)
    assert.equal(containerOf(`/docker/${id}\n`), undefined)
    assert.equal(containerOf(`0::pod${uid}/${id}\n`)?.podId, uid)
  })

  it('finds none in text that is no cgroup file', () => {
    for (const text of ['', '\n', '::', 'x', '0:', '0::', '\0\0', 'a:b'.repeat(100)]) {
      assert.equal(containerOf(text), undefined)
    }
  })

  it('takes no runtime for another, and no id of another length', () => {
    for (const path of [
      `/system.slice/xdocker-${id}.scope`,
      `/system.slice/docker-${id}x.scope`,
      `/system.slice/docker-${id}.scopes`,
      `/system.slice/docker-${id.slice(1)}.scope`,
      `/system.slice/docker-${id.toUpperCase()}.scope`,
      `/docker/x${id}`,
      '/machine.slice/xmachine-web.scope',
      '/machine.slice/machine-web.scopes',
      '/machine.slice/systemd-nspawn@.service',
      '/xlxc.payload.web',
      '/lxc/',
    ]) {
      assert.equal(containerOf(`0::${path}\n`), undefined, path)
    }
    const names: readonly (readonly [string, string])[] = [
      [`/a:docker:${id}`, 'docker'],
      [`/nerdctl-${id}.scope`, 'containerd'],
      [`/containerd-${id}`, 'containerd'],
    ]
    for (const [path, runtime] of names) assert.equal(containerOf(`0::${path}\n`)?.runtime, runtime, path)
  })

  it('finds the pod at any height, and takes nothing else for one', () => {
    const podIn = (path: string) => containerOf(`0::${path}/docker-${id}.scope\n`)?.podId
    assert.equal(podIn(`/kubepods/pod${uid}/a/b`), uid)
    for (const path of [`/xpod${uid}`, `/pod${uid}x`, `/pod${uid.slice(0, 20)}`, '/pods', `/pod${uid}.slices`]) {
      assert.equal(podIn(path), undefined, path)
    }
    assert.equal(podIn(`/kubepods-pod${uidOfSlice}.slice`), uid)
  })

  it('has its own path alone, without what is below', () => {
    assert.deepEqual(containerOf(`0::/docker/${id}/init.scope\n`)?.cgroup, { controllers: '', path: `/docker/${id}` })
    const v1 = containerOf(`3:memory:/docker/${id}\n0::/docker/${id}\n`)
    assert.equal(v1?.cgroup.controllers, '', 'v2 counts time, memory does not')
    const counted = containerOf(`0::/docker/${id}\n4:cpuacct:/docker/${id}\n`)
    assert.equal(counted?.cgroup.controllers, '', 'the first that counts')
    const other = containerOf(`3:memory:/docker/${id}\n0::/docker/${inner}\n`)
    assert.deepEqual([other?.id, other?.cgroup.controllers], [id, 'memory'], 'another container at the same depth')
  })
})

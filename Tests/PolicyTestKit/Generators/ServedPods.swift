// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Lists of pods as an API server answers with: most of each is what nobody asks of a policy engine.
public enum ServedPods {
    /// A list of pods with all that controllers, the scheduler and the kubelet write into them.
    public static func list(_ pods: [Endpoint]) -> String { list(pods.map(full)) }

    /// A list of pods that have what policies speak of, and nothing else.
    public static func bareList(_ pods: [Endpoint]) -> String {
        list(pods.map { JSONManifests.object($0) })
    }

    private static func list(_ items: [String]) -> String {
        #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"81234"},"items":["#
            + items.joined(separator: ",") + "]}\n"
    }

    private static func full(_ pod: Endpoint) -> String {
        let labels = pod.labels.sorted { $0.key < $1.key }
        let labelText = labels.map { #""\#($0.key)":"\#($0.value)""# }.joined(separator: ",")
        let labelFields = labels.map { #""f:\#($0.key)":{}"# }.joined(separator: ",")
        let addresses = pod.addresses.map { #"{"ip":"\#($0)"}"# }.joined(separator: ",")
        let ports = pod.namedPorts.map {
            #"{"name":"\#($0.name)","containerPort":\#($0.number),"protocol":"\#($0.transport.description.uppercased())"}"#
        }
        let first = pod.addresses.first.map { "\($0)" } ?? ""
        let node = pod.node ?? ""
        let conditions = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady"]
            .map {
                #"{"type":"\#($0)","status":"True","lastProbeTime":null,"lastTransitionTime":"2026-01-01T00:00:07Z"}"#
            }.joined(separator: ",")
        return
            #"{"metadata":{"name":"\#(pod.id.name)","generateName":"app-7d4b9c6f5d-","namespace":"\#(pod.id.namespace)","uid":"0d5f8a1e-7a53-4d5e-9d6b-2f1d1c8f5b21","resourceVersion":"71234","creationTimestamp":"2026-01-01T00:00:00Z","labels":{\#(labelText)},"annotations":{"kubectl.kubernetes.io/restartedAt":"2026-01-01T00:00:00Z","prometheus.io/scrape":"true","checksum/config":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"app-7d4b9c6f5d","uid":"5b1f3f0c-9c55-4d0b-8d55-0b6e3a7f2f10","controller":true,"blockOwnerDeletion":true}],"managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2026-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{".":{},"f:checksum/config":{},"f:prometheus.io/scrape":{}},"f:generateName":{},"f:labels":{".":{},\#(labelFields)},"f:ownerReferences":{".":{},"k:{\"uid\":\"5b1f3f0c-9c55-4d0b-8d55-0b6e3a7f2f10\"}":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"main\"}":{".":{},"f:env":{".":{},"k:{\"name\":\"POD_NAME\"}":{".":{},"f:name":{},"f:valueFrom":{".":{},"f:fieldRef":{}}}},"f:image":{},"f:imagePullPolicy":{},"f:livenessProbe":{".":{},"f:failureThreshold":{},"f:httpGet":{".":{},"f:path":{},"f:port":{},"f:scheme":{}},"f:periodSeconds":{},"f:successThreshold":{},"f:timeoutSeconds":{}},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":8080,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{},"f:protocol":{}}},"f:resources":{".":{},"f:limits":{".":{},"f:memory":{}},"f:requests":{".":{},"f:cpu":{},"f:memory":{}}},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{},"f:volumeMounts":{".":{},"k:{\"mountPath\":\"/etc/config\"}":{".":{},"f:mountPath":{},"f:name":{},"f:readOnly":{}}}}},"f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:serviceAccount":{},"f:serviceAccountName":{},"f:terminationGracePeriodSeconds":{},"f:volumes":{".":{},"k:{\"name\":\"config\"}":{".":{},"f:configMap":{".":{},"f:defaultMode":{},"f:name":{}},"f:name":{}}}}}},{"manager":"kubelet","operation":"Update","apiVersion":"v1","time":"2026-01-01T00:00:07Z","fieldsType":"FieldsV1","fieldsV1":{"f:status":{"f:conditions":{"k:{\"type\":\"ContainersReady\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Initialized\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Ready\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}}},"f:containerStatuses":{},"f:hostIP":{},"f:hostIPs":{},"f:phase":{},"f:podIP":{},"f:podIPs":{".":{},"k:{\"ip\":\"\#(first)\"}":{".":{},"f:ip":{}}},"f:startTime":{}}},"subresource":"status"}]},"spec":{"volumes":[{"name":"config","configMap":{"name":"app-config","defaultMode":420}},{"name":"kube-api-access-x7k2v","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}},{"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}],"defaultMode":420}}],"containers":[{"name":"main","image":"registry.example/team/app:v1.42.7","args":["--config=/etc/config/app.yaml","--listen=:8080"],"ports":[\#(ports.joined(separator: ","))],"env":[{"name":"POD_NAME","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}},{"name":"GREETING","value":"he said \"hello\"\n"}],"resources":{"limits":{"memory":"256Mi"},"requests":{"cpu":"100m","memory":"128Mi"}},"volumeMounts":[{"name":"config","readOnly":true,"mountPath":"/etc/config"},{"name":"kube-api-access-x7k2v","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],"livenessProbe":{"httpGet":{"path":"/healthz","port":8080,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"app","serviceAccount":"app","nodeName":"\#(node)","securityContext":{},"schedulerName":"default-scheduler","tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"},"status":{"phase":"Running","conditions":[\#(conditions)],"hostIP":"192.168.0.7","hostIPs":[{"ip":"192.168.0.7"}],"podIP":"\#(first)","podIPs":[\#(addresses)],"startTime":"2026-01-01T00:00:01Z","containerStatuses":[{"name":"main","state":{"running":{"startedAt":"2026-01-01T00:00:06Z"}},"lastState":{},"ready":true,"restartCount":0,"image":"registry.example/team/app:v1.42.7","imageID":"registry.example/team/app@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae","containerID":"containerd://fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9","started":true}],"qosClass":"Burstable"}}"#
    }
}

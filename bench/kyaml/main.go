// A minimal KRM function on kyaml's framework. It appends a container to every Deployment of a ResourceList.
// `npm run bench -- --peers` builds it and compares tracing-sidecar with it.
package main

import (
	"fmt"
	"os"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const container = `
name: jaeger-agent
image: jaegertracing/jaeger-agent:1.62.0
args:
- --reporter.grpc.host-port=dns:///jaeger-collector:443
- --reporter.grpc.tls.enabled=true
resources:
  requests:
    cpu: 50m
    memory: 64Mi
`

func process(list *framework.ResourceList) error {
	added, err := yaml.Parse(container)
	if err != nil {
		return err
	}
	for _, item := range list.Items {
		if item.GetKind() != "Deployment" {
			continue
		}
		if err := item.PipeE(
			yaml.Lookup("spec", "template", "spec", "containers"),
			yaml.Append(added.Copy().YNode()),
		); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	if err := framework.Execute(framework.ResourceListProcessorFunc(process), nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Sends one span with Jaeger's Go SDK, configured by environment variables alone.
package main

import (
	"log"
	"os"

	"github.com/uber/jaeger-client-go/config"
)

func main() {
	configuration, err := config.FromEnv()
	if err != nil {
		log.Fatal(err)
	}
	tracer, closer, err := configuration.NewTracer()
	if err != nil {
		log.Fatal(err)
	}
	tracer.StartSpan(os.Args[1]).Finish()
	if err := closer.Close(); err != nil {
		log.Fatal(err)
	}
}

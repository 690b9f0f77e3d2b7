import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;

/**
 * Sends one span and one metric with the SDK that the process is started with: the Java agent, or the
 * autoconfigured one.
 */
public class App {
  public static void main(String[] args) {
    OpenTelemetry sdk = GlobalOpenTelemetry.get();
    sdk.getTracer("test").spanBuilder(args[0]).startSpan().end();
    sdk.getMeter("test").counterBuilder("test").build().add(1);
  }
}

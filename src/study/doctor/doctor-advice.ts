/**
 * How to add to a balancer what a run would like to have of it: the very lines, for those that are met most.
 * docs/foreign-targets.md shows the same, and the tests run nginx and HAProxy with them.
 */

export interface Snippet {
  /** nginx, HAProxy, Envoy, Spring Cloud Gateway. */
  readonly balancer: string
  readonly language: string
  readonly text: string
}

export interface Advice {
  readonly title: string
  /** What it is good for, and what is lost without. */
  readonly why: string
  readonly snippets: readonly Snippet[]
}

export type AdviceName = 'instance' | 'cookie' | 'trace' | 'keepAlive' | 'errors' | 'clock' | 'state'

export const ADVICE: Readonly<Record<AdviceName, Advice>> = {
  instance: {
    title: 'a response header that names the instance',
    why: 'Without it nobody outside knows what the balancer decided: the run is a load test and nothing more.',
    snippets: [
      {
        balancer: 'nginx',
        language: 'nginx',
        text: 'add_header X-Upstream $upstream_addr always;',
      },
      {
        balancer: 'HAProxy',
        language: 'haproxy',
        text: 'http-response set-header X-Upstream %s',
      },
      {
        balancer: 'Envoy',
        language: 'yaml',
        text: `response_headers_to_add:
  - header: { key: X-Upstream, value: "%UPSTREAM_HOST%" }
    append_action: OVERWRITE_IF_EXISTS_OR_ADD`,
      },
      {
        balancer: 'Spring Cloud Gateway',
        language: 'java',
        text: `@Bean
GlobalFilter nameInstance() {
  return (exchange, chain) -> {
    exchange.getResponse().beforeCommit(() -> {
      Response<ServiceInstance> chosen =
          exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_LOADBALANCER_RESPONSE_ATTR);
      if (chosen != null && chosen.hasServer()) {
        exchange.getResponse().getHeaders().set("X-Upstream", chosen.getServer().getInstanceId());
      }
      return Mono.empty();
    });
    return chain.filter(exchange);
  };
}`,
      },
    ],
  },
  cookie: {
    title: 'a cookie that names the instance, where no header can be added',
    why: 'With `capture`, users send no cookies back, so that they stick no session to an instance (`client.cookies: true` makes them).',
    snippets: [{ balancer: 'HAProxy', language: 'haproxy', text: 'cookie SERVERID insert indirect nocache' }],
  },
  trace: {
    title: 'X-Trace-Id passed on and echoed',
    why: 'It ties the records of the client to the logs of balancer and services. A run works without.',
    snippets: [
      {
        balancer: 'nginx',
        language: 'nginx',
        text: 'add_header X-Trace-Id $http_x_trace_id always;',
      },
      {
        balancer: 'HAProxy',
        language: 'haproxy',
        text: `http-request set-var(txn.trace) req.hdr(X-Trace-Id)
http-response set-header X-Trace-Id %[var(txn.trace)]`,
      },
      {
        balancer: 'Envoy',
        language: 'yaml',
        text: `response_headers_to_add:
  - header: { key: X-Trace-Id, value: "%REQ(X-Trace-Id)%" }
    append_action: OVERWRITE_IF_EXISTS_OR_ADD`,
      },
    ],
  },
  keepAlive: {
    title: 'connections that stay open',
    why: 'A connection per request measures the making of connections, and runs out of ports at a few hundred requests a second.',
    snippets: [
      {
        balancer: 'nginx',
        language: 'nginx',
        text: `keepalive_timeout 65s;
keepalive_requests 100000;`,
      },
      { balancer: 'HAProxy', language: 'haproxy', text: 'option http-keep-alive' },
    ],
  },
  errors: {
    title: 'statuses of the services passed on as they are',
    why: 'A balancer that turns every 4xx into 502 makes mistakes of users look like failures of instances.',
    snippets: [
      { balancer: 'nginx', language: 'nginx', text: 'proxy_intercept_errors off;' },
      {
        balancer: 'a Spring balancer on RestTemplate',
        language: 'java',
        text: `restTemplate.setErrorHandler(new DefaultResponseErrorHandler() {
  @Override
  public boolean hasError(ClientHttpResponse response) {
    return false;
  }
});`,
      },
    ],
  },
  clock: {
    title: 'clocks that agree',
    why: 'Only to compare logs: durations are measured by one clock. Run chrony or ntpd on both machines.',
    snippets: [],
  },
  state: {
    title: 'the state of instances from Prometheus',
    why: 'CPU, memory and queues cannot be seen from outside: without, records say null.',
    snippets: [
      {
        balancer: 'HAProxy',
        language: 'yaml',
        text: `capture:
  instanceHeader: X-Upstream
  prometheus:
    url: http://127.0.0.1:9090
    instanceLabel: server
    queries:
      inFlight: haproxy_server_current_sessions{proxy="$service"}
      queueDepth: haproxy_server_current_queue{proxy="$service"}`,
      },
      {
        balancer: 'Spring Boot services',
        language: 'yaml',
        text: `capture:
  instanceHeader: X-Upstream
  prometheus:
    url: http://127.0.0.1:9090
    instanceLabel: instance
    queries:
      cpu: process_cpu_usage{job="$service"}
      memory: sum by (instance) (jvm_memory_used_bytes{job="$service", area="heap"}) / sum by (instance) (jvm_memory_max_bytes{job="$service", area="heap"})`,
      },
      {
        balancer: "loadgen's own balancer",
        language: 'yaml',
        text: `capture:
  instanceHeader: X-Loadgen-Instance
  admin: { url: http://127.0.0.1:9901, pollSeconds: 1 }`,
      },
    ],
  },
}

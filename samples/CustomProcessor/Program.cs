using System.Diagnostics;
using CustomProcessor;
using OpenTelemetry;
using Rotel;
using Rotel.Exporters.Otlp;

await using var backend = await Backend.StartAsync();

var builder = Host.CreateApplicationBuilder();
builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
builder.Services.AddSingleton<PlanDirectory>();

builder.Services.AddRotel(rotel =>
{
    rotel.AddRoslyn();
    rotel.Otlp.GrpcEndpoint = rotel.Otlp.HttpEndpoint = "localhost:0";
    rotel.Exporters.AddOtlp("backend", exporter =>
    {
        exporter.Endpoint = backend.Address;
        exporter.Protocol = OtlpProtocol.Http;
        exporter.Compression = OtlpCompression.None;
    });

    // A class, a method, a file: in this order, on objects that are decoded once.
    rotel.Traces
        .Process<CustomerPlans>()
        .Process(resourceSpans =>
        {
            foreach (var span in resourceSpans.ScopeSpans.SelectMany(scope => scope.Spans))
            {
                foreach (var secret in span.Attributes.Where(attribute => attribute.Key == "session.token").ToArray())
                    span.Attributes.Remove(secret);
            }
        })
        .ProcessFile(Path.Combine(AppContext.BaseDirectory, "MaskCards.cs"));
});

using var checkouts = new ActivitySource("CustomProcessor");
builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(checkouts.Name)).UseRotel();

using var host = builder.Build();
await host.StartAsync();

foreach (var (customer, card) in new[] { ("c-1", "4111111111111111"), ("c-2", "5500005555555559") })
{
    using var checkout = checkouts.StartActivity("checkout")!;
    checkout.SetTag("customer.id", customer);
    checkout.SetTag("card.number", card);
    checkout.SetTag("session.token", Guid.NewGuid().ToString());
    Console.WriteLine($"recorded {checkout.DisplayName}: {string.Join(", ", checkout.Tags.Select(tag => $"{tag.Key}={tag.Value}"))}");
}

// Delivers everything before it returns.
await host.StopAsync();

string[] expected =
[
    "checkout: card.number=************1111, customer.id=c-1, customer.plan=gold",
    "checkout: card.number=************5559, customer.id=c-2, customer.plan=free",
];
if (backend.Spans.Order(StringComparer.Ordinal).SequenceEqual(expected))
    return 0;
Console.Error.WriteLine($"Expected at the backend:\n{string.Join('\n', expected)}");
return 1;

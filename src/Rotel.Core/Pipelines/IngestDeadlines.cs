using Rotel.Threading;

namespace Rotel.Pipelines;

/// <summary>How long one request may wait, started when its first byte is awaited.</summary>
/// <param name="Admission">For room in the budget and the queues.</param>
/// <param name="Delivery">For the destinations' answers, with <see cref="AcknowledgementMode.Delivered"/>.</param>
internal readonly record struct IngestDeadlines(Deadline Admission, Deadline Delivery);

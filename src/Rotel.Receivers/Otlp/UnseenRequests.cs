using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// Keeps requests to Rotel's endpoints on an application's server out of its traces, as the filter of an instrumentation would. Done where
/// routing has found the endpoint, and so also for what the application's authorization or rate limiting then refuses: an SDK that sends to
/// its own process without the right credentials would have one span to send for each attempt, without end.
/// </summary>
internal sealed class UnseenRequests : MatcherPolicy, IEndpointSelectorPolicy
{
    /// <summary>After all that leave candidates out.</summary>
    public override int Order => int.MaxValue;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(IsOurs);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            if (!candidates.IsValidCandidate(i))
                continue;

            // The best comes first.
            if (IsOurs(candidates[i].Endpoint) && httpContext.Features.Get<IHttpActivityFeature>()?.Activity is { } activity)
            {
                activity.IsAllDataRequested = false;
                activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            }

            break;
        }

        return Task.CompletedTask;
    }

    private static bool IsOurs(Endpoint endpoint) => endpoint.Metadata.GetMetadata<MappedSignal>() is not null;
}

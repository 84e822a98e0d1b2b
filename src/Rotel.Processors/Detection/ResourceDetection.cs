using System.Globalization;

namespace Rotel.Processors.Detection;

/// <summary>
/// Asks all detectors at once, under one deadline. Whatever they do, it ends in time with what was found until then, and it does not throw.
/// </summary>
internal static class ResourceDetection
{
    /// <param name="options">What to ask; valid.</param>
    /// <param name="surroundings">What the detectors look at.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<DetectedResource> DetectAsync(
        ResourceDetectionOptions options, DetectionSurroundings surroundings, CancellationToken cancellationToken)
    {
        var findings = options.Detectors.Distinct().Select(detector => new DetectorFindings(detector)).ToArray();
        if (findings.Length == 0)
            return DetectedResource.Empty;

        using var context = new DetectionContext(surroundings);
        using var timeout = new CancellationTokenSource(options.Timeout, surroundings.Time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var token = ending.Token;
        var running = Task.WhenAll(findings.Select(each => Start(each, context, token)));
        try
        {
            // A detector that does not look at its token, such as one that hangs in a file system, is left behind.
            await running.WaitAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            var seconds = options.Timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            foreach (var each in findings.Where(each => !each.IsComplete))
                each.Fail(cancellationToken.IsCancellationRequested ? "it was stopped" : $"it did not end within {seconds} s");
        }

        foreach (var each in findings)
            each.Close();
        return DetectedResource.From(findings);
    }

    private static Task Start(DetectorFindings findings, DetectionContext context, CancellationToken cancellationToken)
    {
        var detector = Create(findings.Detector);
        return detector.MayBlock
            ? Task.Run(() => RunAsync(detector, findings, context, cancellationToken), CancellationToken.None)
            : RunAsync(detector, findings, context, cancellationToken);
    }

    private static async Task RunAsync(
        IResourceDetector detector, DetectorFindings findings, DetectionContext context, CancellationToken cancellationToken)
    {
        try
        {
            await detector.DetectAsync(context, findings, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // A defect of ours, or of the system below; the message could name what must not be shown.
            findings.Fail($"it failed unexpectedly ({exception.GetType().Name})");
        }

        findings.Complete();
    }

    private static IResourceDetector Create(ResourceDetector detector) => detector switch
    {
        ResourceDetector.Env => new EnvironmentDetector(),
        ResourceDetector.Process => new ProcessDetector(),
        ResourceDetector.Host => new HostDetector(),
        ResourceDetector.Container => new ContainerDetector(),
        ResourceDetector.K8s => new KubernetesDetector(),
        ResourceDetector.Azure => new AzureDetector(),
        ResourceDetector.AzureVm => new AzureVmDetector(),
        ResourceDetector.Aws => new AwsDetector(),
        ResourceDetector.Ec2 => new Ec2Detector(),
        _ => throw new ArgumentOutOfRangeException(nameof(detector), detector, null),
    };
}

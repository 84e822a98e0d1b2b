using System.Globalization;
using static Rotel.Processors.Detection.ResourceAttributeNames;

namespace Rotel.Processors.Detection;

/// <summary>
/// AWS Lambda, which says everything in the environment
/// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime), and ECS, which says there whom
/// to ask.
/// </summary>
internal sealed class AwsDetector : IResourceDetector
{
    private const long BytesPerMebibyte = 1 << 20;

    private static readonly string[] RegionVariables = ["AWS_REGION", "AWS_DEFAULT_REGION"];

    public bool MayBlock => false;

    public ValueTask DetectAsync(DetectionContext context, DetectorFindings findings, CancellationToken cancellationToken)
    {
        if (context.Surroundings.Variable("AWS_LAMBDA_FUNCTION_NAME") is { } function)
        {
            Lambda(function, context.Surroundings, findings);
            return ValueTask.CompletedTask;
        }

        return context.Surroundings.Variable(EcsTask.EndpointVariable) is { } endpoint
            ? EcsTask.DetectAsync(endpoint, context.Metadata, findings, cancellationToken)
            : ValueTask.CompletedTask;
    }

    private static void Lambda(string function, DetectionSurroundings surroundings, DetectorFindings findings)
    {
        var stream = surroundings.Variable("AWS_LAMBDA_LOG_STREAM_NAME");
        findings.Add(CloudProvider, "aws");
        findings.Add(CloudPlatform, "aws_lambda");
        findings.Add(CloudRegion, surroundings.Variable(RegionVariables));
        findings.Add(FaasName, function);
        findings.Add(FaasVersion, surroundings.Variable("AWS_LAMBDA_FUNCTION_VERSION"));
        findings.Add(FaasInstance, stream);
        if (int.TryParse(
            surroundings.Variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), NumberStyles.None, CultureInfo.InvariantCulture, out var mebibytes))
        {
            findings.Add(FaasMaxMemory, mebibytes * BytesPerMebibyte);
        }

        findings.AddList(AwsLogGroupNames, surroundings.Variable("AWS_LAMBDA_LOG_GROUP_NAME"));
        findings.AddList(AwsLogStreamNames, stream);
    }
}

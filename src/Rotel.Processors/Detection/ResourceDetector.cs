namespace Rotel.Processors.Detection;

/// <summary>A source of resource attributes that describe where the process runs.</summary>
/// <remarks>What each of them finds, and where, is in <c>docs/resource-detection.md</c>.</remarks>
public enum ResourceDetector
{
    /// <summary><c>OTEL_RESOURCE_ATTRIBUTES</c> and <c>OTEL_SERVICE_NAME</c>.</summary>
    Env,

    /// <summary>This process and its runtime.</summary>
    Process,

    /// <summary>The machine and its operating system, as the process sees them.</summary>
    Host,

    /// <summary>The container's id, from the control groups and mounts of the process.</summary>
    Container,

    /// <summary>The pod, from the environment, <c>/etc/podinfo</c> and what the kubelet mounts. The cluster's API is not asked.</summary>
    K8s,

    /// <summary>Azure Container Apps, App Service and Functions, from the environment alone.</summary>
    Azure,

    /// <summary>An Azure virtual machine, from the instance metadata service; asks <c>169.254.169.254</c> wherever it runs.</summary>
    AzureVm,

    /// <summary>AWS Lambda, from the environment; ECS, from the task's metadata endpoint that the environment names.</summary>
    Aws,

    /// <summary>An EC2 instance, from the instance metadata service, version 2; asks <c>169.254.169.254</c> wherever it runs.</summary>
    Ec2,
}
